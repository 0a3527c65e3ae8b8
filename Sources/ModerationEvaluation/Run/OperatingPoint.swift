public import Moderation

/// The decision rule of one label: a calibration of its raw score, and the threshold at which it
/// fires.
public struct OperatingPoint: Sendable, Hashable {
  public var threshold: Double
  public var calibration: Calibration?

  public init(threshold: Double, calibration: Calibration? = nil) {
    self.threshold = threshold
    self.calibration = calibration
  }

  /// The score that is compared with the threshold.
  public func score(_ raw: Float) -> Float {
    calibration.map { Float($0(Double(raw))) } ?? raw
  }

  /// Whether a raw score makes the label fire; a NaN never does.
  public func isFlagged(_ raw: Float) -> Bool {
    score(raw) >= Float(threshold)
  }
}

extension Calibration: Hashable {
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .platt(let slope, let intercept):
      hasher.combine(slope)
      hasher.combine(intercept)
    case .isotonic(let inputs, let outputs):
      hasher.combine(inputs)
      hasher.combine(outputs)
    }
  }
}

extension ScoredRows {
  /// The rows with every raw score turned into the one that its label compares.
  public func calibrated(by points: [OperatingPoint]) -> ScoredRows {
    var rows = self
    for (label, point) in points.enumerated() where point.calibration != nil {
      rows.replaceScores(label) { point.score($0) }
    }
    return rows
  }

  /// The rows with the labels at these positions only, in that order.
  public func selecting(_ positions: [Int]) -> ScoredRows {
    var rows = ScoredRows(labels: positions.map { labels[$0] }, fields: fields)
    rows.adopt(self, positions: positions)
    return rows
  }

  /// The positions of labels that at least one row knows.
  public var annotatedLabels: [Int] {
    labels.indices.filter { label in truths[label].contains { $0 != .unknown } }
  }
}
