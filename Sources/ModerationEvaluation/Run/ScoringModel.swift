public import Moderation

/// What an evaluation needs of a model: labels that decide at operating points, and raw scores.
///
/// A ``Moderator`` is one; so is anything that can score texts, which is how other systems are
/// judged by the same rules.
public protocol ScoringModel: Sendable {
  /// The labels with their bundle's operating points, in the order of the scores.
  var evaluatedLabels: [EvaluatedLabel] { get }

  /// Raw scores of messages: one row a message, one score a label.
  func rawScores(of messages: [Message]) throws -> [ScoredMessage]

  /// Why the model cannot take a message; nil when it can.
  func problem(with message: Message) -> String?
}

extension ScoringModel {
  public func problem(with message: Message) -> String? { nil }
}

/// A label as an evaluation sees it.
public struct EvaluatedLabel: Sendable, Hashable {
  public var name: String
  public var point: OperatingPoint
  public var severity: String?

  public init(name: String, point: OperatingPoint, severity: String? = nil) {
    self.name = name
    self.point = point
    self.severity = severity
  }
}

/// What a model made of one message.
public struct ScoredMessage: Sendable, Hashable {
  /// One per label, before calibration.
  public var scores: [Float]
  /// Whether the model read only a part of the text.
  public var isTruncated: Bool

  public init(scores: [Float], isTruncated: Bool = false) {
    self.scores = scores
    self.isTruncated = isTruncated
  }
}

extension Moderator: ScoringModel {
  public var evaluatedLabels: [EvaluatedLabel] {
    bundle.labels.map {
      EvaluatedLabel(
        name: $0.name, point: OperatingPoint(threshold: $0.threshold, calibration: $0.calibration),
        severity: $0.severity.rawValue)
    }
  }

  public func rawScores(of messages: [Message]) throws -> [ScoredMessage] {
    try moderate(messages).map { verdict in
      ScoredMessage(
        scores: verdict.labels.map(\.rawScore), isTruncated: verdict.isTruncated)
    }
  }

  /// A context that the bundle does not know.
  public func problem(with message: Message) -> String? {
    do {
      _ = try modelText(of: message)
      return nil
    } catch {
      return error.description
    }
  }
}
