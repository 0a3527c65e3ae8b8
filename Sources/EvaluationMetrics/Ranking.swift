/// One label's rows by falling score, equal scores as one step: what every curve is drawn from.
///
/// The steps are those of scikit-learn's `_binary_clf_curve`. Building costs O(*n* log *n*); rows
/// whose score is NaN rank last.
public struct Ranking: Sendable {
  /// The distinct scores, falling.
  public let thresholds: [Double]
  /// The positives at or above each threshold.
  public let truePositives: [Int]
  /// The negatives at or above each threshold.
  public let falsePositives: [Int]

  /// Ranks rows.
  ///
  /// - Parameters:
  ///   - scores: one score per row.
  ///   - truths: one truth per row; rows beyond the shorter of the two are ignored.
  public init(scores: [Double], truths: [Bool]) {
    let rows = zip(scores, truths)
      .map { (score: $0.isNaN ? -Double.infinity : $0, truth: $1) }
      .sorted { $0.score > $1.score }
    var thresholds: [Double] = []
    var truePositives: [Int] = []
    var falsePositives: [Int] = []
    var positives = 0
    for (index, row) in rows.enumerated() {
      positives += row.truth ? 1 : 0
      let isLastOfStep = index + 1 == rows.count || rows[index + 1].score != row.score
      guard isLastOfStep else { continue }
      thresholds.append(row.score)
      truePositives.append(positives)
      falsePositives.append(index + 1 - positives)
    }
    self.thresholds = thresholds
    self.truePositives = truePositives
    self.falsePositives = falsePositives
  }

  /// The rows whose truth is positive.
  public var positives: Int { truePositives.last ?? 0 }

  /// The rows whose truth is negative.
  public var negatives: Int { falsePositives.last ?? 0 }

  /// The confusion counts when scores at or above `thresholds[step]` are flagged.
  public func counts(at step: Int) -> ConfusionCounts {
    ConfusionCounts(
      truePositives: truePositives[step], falsePositives: falsePositives[step],
      falseNegatives: positives - truePositives[step],
      trueNegatives: negatives - falsePositives[step])
  }

  /// The area under the ROC curve, by trapezoids; nil when one class is missing (scikit-learn
  /// gives NaN and a warning there).
  public var areaUnderROC: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    // Twice the area in units of one row by one row: an exact integer below 2^63 rows².
    var doubled = 0
    var lastTrue = 0
    var lastFalse = 0
    for (hits, alarms) in zip(truePositives, falsePositives) {
      doubled += (alarms - lastFalse) * (hits + lastTrue)
      lastTrue = hits
      lastFalse = alarms
    }
    return Double(doubled) / (2 * Double(positives) * Double(negatives))
  }

  /// The average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds, without interpolation.
  ///
  /// It is 0 when there are no positives, as in scikit-learn.
  public var averagePrecision: Double {
    guard positives > 0 else { return 0 }
    var sum = 0.0
    var last = 0
    for (hits, alarms) in zip(truePositives, falsePositives) where hits != last {
      sum += Double(hits - last) * ratio(hits, hits + alarms)
      last = hits
    }
    return sum / Double(positives)
  }
}
