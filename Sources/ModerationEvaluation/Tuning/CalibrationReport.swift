public import Moderation

/// A model's score of a text and another service's.
public struct ScorePair: Sendable, Hashable {
  public var own: Double
  public var other: Double

  public init(own: Double, other: Double) {
    self.own = own
    self.other = other
  }
}

/// The map from a model's scores to another service's, and how far the two agree.
public struct CalibrationReport: Sendable {
  public let calibration: Calibration
  /// Agreement on the pairs that the map was not fitted to.
  public let agreements: [Agreement]
  /// The pairs that the map was fitted to, and the others.
  public let fittedCount: Int
  public let heldOutCount: Int

  /// The share of texts that both services put on the same side of a threshold.
  public struct Agreement: Sendable, Hashable {
    public let threshold: Double
    public let before: Double
    public let after: Double
  }

  /// Fits to two of three pairs, and measures on the third.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` for fewer than 30 pairs
  public init(_ pairs: [ScorePair], thresholds: [Double] = [0.5, 0.7, 0.8, 0.9])
    throws(EvaluationError)
  {
    let pairs = pairs.filter { $0.own.isFinite && $0.other.isFinite }
    guard pairs.count >= 30 else {
      throw .notEnoughRows("a map of scores needs 30 texts with both scores")
    }
    let fitted = pairs.enumerated().filter { $0.offset % 3 != 2 }.map(\.element)
    let heldOut = pairs.enumerated().filter { $0.offset % 3 == 2 }.map(\.element)
    let calibration = try Calibration(mapping: fitted.map(\.own), to: fitted.map(\.other))
    self.calibration = calibration
    fittedCount = fitted.count
    heldOutCount = heldOut.count
    agreements = thresholds.map { threshold in
      func share(_ map: (Double) -> Double) -> Double {
        let agreed = heldOut.count { (map($0.own) >= threshold) == ($0.other >= threshold) }
        return Double(agreed) / Double(heldOut.count)
      }
      return Agreement(
        threshold: threshold, before: share { $0 }, after: share { calibration($0) })
    }
  }

  /// A sentence for each threshold.
  public var summary: String {
    var lines = ["fitted to \(fittedCount) texts, measured on \(heldOutCount) others"]
    for agreement in agreements {
      lines.append(
        "same side of \(agreement.threshold): \(percent(agreement.before)) before, "
          + "\(percent(agreement.after)) after")
    }
    return lines.joined(separator: "\n")
  }
}
