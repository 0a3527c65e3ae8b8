/// The aim by which a threshold is chosen.
public enum ThresholdGoal: Sendable, Hashable {
  /// The highest F1.
  case maximumF1
  /// The highest recall among thresholds whose precision is at least the given one: for teams whose
  /// reviewers must not drown in false positives.
  case recall(atPrecision: Double)
  /// The lowest total cost, given what one wrongly flagged and one missed message cost.
  case cost(falsePositive: Double, falseNegative: Double)
}

/// The threshold chosen for one label, with what it rests on.
public struct TunedThreshold: Sendable, Hashable, Codable {
  /// Why a threshold should not be trusted blindly.
  public enum Warning: Sendable, Hashable, Codable {
    /// Fewer positives than a steady choice needs.
    case thinSupport(positives: Int)
    /// Fewer negatives than a steady choice needs.
    case fewNegatives(Int)
    /// No threshold reaches the wanted precision; the one with the highest was taken.
    case precisionNotReached(wanted: Double, best: Double)
  }

  /// The smallest score that is flagged.
  public let threshold: Double
  /// The decisions on the validation rows at that threshold.
  public let counts: ConfusionCounts
  public let warnings: [Warning]
}

extension TunedThreshold.Warning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .thinSupport(let positives): "rests on \(positives) positives only"
    case .fewNegatives(let negatives): "rests on \(negatives) negatives only"
    case .precisionNotReached(let wanted, let best):
      "no threshold reaches a precision of \(wanted); the best is \(shortDecimal(best))"
    }
  }
}
