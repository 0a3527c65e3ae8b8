/// The curves of one label, thinned out for drawing.
package struct LabelCurves: Sendable, Hashable {
  /// A point of a curve.
  package struct Point: Sendable, Hashable {
    package let x: Double
    package let y: Double
  }

  /// Precision, recall and F1 at one threshold.
  package struct SweepPoint: Sendable, Hashable {
    package let threshold: Double
    /// nil when nothing is flagged.
    package let precision: Double?
    package let recall: Double
    package let f1: Double
  }

  /// False-positive rate against true-positive rate; empty when one class is missing.
  package let roc: [Point]
  /// Recall against precision; empty without positives.
  package let precisionRecall: [Point]
  /// Thresholds from 0 to 1 in steps of 1/100; empty without positives.
  package let sweep: [SweepPoint]

  /// Points nearer to the last kept one than this, in units of the axes, are left out.
  static let resolution = 0.004

  package init(_ column: ScoredRows.Column) {
    let ranking = Ranking(scores: column.scores, truths: column.truths)
    guard ranking.positives > 0 else {
      (roc, precisionRecall, sweep) = ([], [], [])
      return
    }
    if ranking.negatives > 0 {
      let curve = ranking.rocCurve()
      roc = Self.thinned(
        zip(curve.falsePositiveRates, curve.truePositiveRates).map { Point(x: $0, y: $1) })
    } else {
      roc = []
    }
    let curve = ranking.precisionRecallCurve()
    precisionRecall = Self.thinned(
      zip(curve.recalls, curve.precisions).map { Point(x: $0, y: $1) }.reversed())
    sweep = (0...100).map { hundredth in
      let threshold = Double(hundredth) / 100
      // Thresholds fall: the steps at or above this one come first.
      var (low, high) = (0, ranking.thresholds.count)
      while low < high {
        let middle = (low + high) / 2
        if ranking.thresholds[middle] >= threshold { low = middle + 1 } else { high = middle }
      }
      let counts =
        low == 0
        ? ConfusionCounts(
          falseNegatives: ranking.positives, trueNegatives: ranking.negatives)
        : ranking.counts(at: low - 1)
      return SweepPoint(
        threshold: threshold, precision: counts.flagged == 0 ? nil : counts.precision,
        recall: counts.recall, f1: counts.f1)
    }
  }

  private static func thinned(_ points: [Point]) -> [Point] {
    var kept: [Point] = []
    for (index, point) in points.enumerated() {
      if let last = kept.last, index + 1 < points.count {
        let (dx, dy) = (point.x - last.x, point.y - last.y)
        if (dx * dx + dy * dy).squareRoot() < resolution { continue }
      }
      kept.append(point)
    }
    return kept
  }
}
