/// A curve of false-positive rate (x) against true-positive rate (y), by falling threshold.
public struct ROCCurve: Sendable, Hashable {
  public let falsePositiveRates: [Double]
  public let truePositiveRates: [Double]
  /// The threshold of each point; the first is infinity: nothing is flagged.
  public let thresholds: [Double]
}

/// A curve of recall (x) against precision (y), by rising threshold.
public struct PrecisionRecallCurve: Sendable, Hashable {
  /// One more than thresholds; the last is 1 by definition.
  public let precisions: [Double]
  /// One more than thresholds; the last is 0 by definition.
  public let recalls: [Double]
  public let thresholds: [Double]
}

extension Ranking {
  /// The ROC curve as `sklearn.metrics.roc_curve` gives it; a rate without rows is NaN.
  ///
  /// - Parameter droppingCollinear: leaves out points that lie on the line between their
  ///   neighbours (`drop_intermediate`).
  public func rocCurve(droppingCollinear: Bool = true) -> ROCCurve {
    var steps = Array(thresholds.indices)
    if droppingCollinear, steps.count > 2 {
      steps = steps.filter { step in
        guard step > 0, step + 1 < thresholds.count else { return true }
        return bends(falsePositives, at: step) || bends(truePositives, at: step)
      }
    }
    func rates(_ counts: [Int], of total: Int) -> [Double] {
      ([0] + steps.map { counts[$0] }).map {
        total == 0 ? .nan : Double($0) / Double(total)
      }
    }
    return ROCCurve(
      falsePositiveRates: rates(falsePositives, of: negatives),
      truePositiveRates: rates(truePositives, of: positives),
      thresholds: [.infinity] + steps.map { thresholds[$0] })
  }

  /// The precision-recall curve as `sklearn.metrics.precision_recall_curve` gives it; without
  /// positives every recall but the last is 1.
  public func precisionRecallCurve() -> PrecisionRecallCurve {
    let steps = thresholds.indices.reversed()
    return PrecisionRecallCurve(
      precisions: steps.map { counts(at: $0).precision } + [1],
      recalls: steps.map { positives == 0 ? 1 : counts(at: $0).recall } + [0],
      thresholds: steps.map { thresholds[$0] })
  }

  private func bends(_ counts: [Int], at step: Int) -> Bool {
    counts[step + 1] - counts[step] != counts[step] - counts[step - 1]
  }
}
