public import Moderation

/// A model that can be evaluated: it has labels, which decide at operating points, and gives raw
/// scores.
///
/// A `Moderator` is one. Conform another system's client to it, and that system is
/// judged by the same rules.
public protocol EvaluatedModel: Sendable {
  /// The labels with their bundle's operating points, in the order of the scores.
  var evaluatedLabels: [EvaluatedLabel] { get }

  /// Raw scores of messages: one result a message, in order. A message that cannot be scored has an
  /// error of its own.
  func rawScores(of messages: [Message]) -> [Result<LabelScores, any Error>]
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

/// The scores of one message.
public struct LabelScores: Sendable, Hashable {
  /// One score per label, before calibration.
  public var scores: [Float]
  /// Whether the model read only a part of the text.
  public var isTruncated: Bool

  public init(scores: [Float], isTruncated: Bool = false) {
    self.scores = scores
    self.isTruncated = isTruncated
  }
}

extension Moderator: EvaluatedModel {
  public var evaluatedLabels: [EvaluatedLabel] {
    bundle.labels.map {
      EvaluatedLabel(
        name: $0.name, point: OperatingPoint(threshold: $0.threshold, calibration: $0.calibration),
        severity: $0.severity.rawValue)
    }
  }

  public func rawScores(of messages: [Message]) -> [Result<LabelScores, any Error>] {
    moderateEach(messages).map { result in
      result.map { verdict in
        LabelScores(scores: verdict.labels.map(\.rawScore), isTruncated: verdict.isTruncated)
      }.mapError { $0 }
    }
  }
}
