/// The four counts of one label's decisions against the truth, at one threshold.
///
/// Every ratio follows scikit-learn's `zero_division=0`: a ratio whose denominator is 0 is 0.
public struct ConfusionCounts: Sendable, Hashable, Codable {
  public var truePositives: Int
  public var falsePositives: Int
  public var falseNegatives: Int
  public var trueNegatives: Int

  public init(
    truePositives: Int = 0, falsePositives: Int = 0, falseNegatives: Int = 0,
    trueNegatives: Int = 0
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.trueNegatives = trueNegatives
  }

  /// Counts decisions `score >= threshold` against `truths`.
  ///
  /// - Parameters:
  ///   - scores: one score per row.
  ///   - truths: one truth per row; rows beyond the shorter of the two are ignored.
  ///   - threshold: the smallest score that is flagged.
  public init(scores: [Double], truths: [Bool], threshold: Double) {
    self.init()
    for (score, truth) in zip(scores, truths) {
      count(flagged: score >= threshold, truth: truth)
    }
  }

  /// Adds one decision.
  public mutating func count(flagged: Bool, truth: Bool) {
    switch (flagged, truth) {
    case (true, true): truePositives += 1
    case (true, false): falsePositives += 1
    case (false, true): falseNegatives += 1
    case (false, false): trueNegatives += 1
    }
  }

  /// The rows whose truth is known.
  public var total: Int { truePositives + falsePositives + falseNegatives + trueNegatives }

  /// The rows whose truth is positive.
  public var support: Int { truePositives + falseNegatives }

  /// The rows flagged.
  public var flagged: Int { truePositives + falsePositives }

  /// TP / (TP + FP).
  public var precision: Double { ratio(truePositives, flagged) }

  /// TP / (TP + FN), also called the true-positive rate.
  public var recall: Double { ratio(truePositives, support) }

  /// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.
  public var f1: Double {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }

  /// (TP + TN) / all.
  public var accuracy: Double { ratio(truePositives + trueNegatives, total) }

  /// FP / (FP + TN).
  public var falsePositiveRate: Double { ratio(falsePositives, falsePositives + trueNegatives) }

  public static func + (a: ConfusionCounts, b: ConfusionCounts) -> ConfusionCounts {
    ConfusionCounts(
      truePositives: a.truePositives + b.truePositives,
      falsePositives: a.falsePositives + b.falsePositives,
      falseNegatives: a.falseNegatives + b.falseNegatives,
      trueNegatives: a.trueNegatives + b.trueNegatives)
  }
}

package func ratio(_ numerator: Int, _ denominator: Int) -> Double {
  denominator == 0 ? 0 : Double(numerator) / Double(denominator)
}
