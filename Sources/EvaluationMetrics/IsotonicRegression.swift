/// A rising step-free function through points, fitted by pooling adjacent violators
/// (Zadrozny and Elkan, 2002), linear between the points and constant beyond them.
package struct IsotonicRegression: Sendable {
  /// Rising scores.
  package let scores: [Double]
  /// The probability at each score, never falling.
  package let probabilities: [Double]

  /// Fits as `sklearn.isotonic.IsotonicRegression(out_of_bounds="clip")` does.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` without rows.
  package init(fitting values: [Double], truths: [Bool]) throws(EvaluationError) {
    try self.init(fitting: values, targets: truths.map { $0 ? 1 : 0 })
  }

  /// - Parameter targets: one per value; those of values that are no numbers are left out.
  package init(fitting values: [Double], targets: [Double]) throws(EvaluationError) {
    let rows = zip(values, targets).filter(\.0.isFinite).sorted { $0.0 < $1.0 }
    // Equal scores are one point: their mean, weighted by their number.
    var points: [(score: Double, sum: Double, weight: Double)] = []
    for (score, target) in rows {
      if let last = points.last, score - last.score < 1e-15 {
        points[points.count - 1].sum += target
        points[points.count - 1].weight += 1
      } else {
        points.append((score, target, 1))
      }
    }
    guard !points.isEmpty else { throw .notEnoughRows("isotonic calibration needs rows") }
    var blocks: [(sum: Double, weight: Double, count: Int)] = []
    for point in points {
      var block = (sum: point.sum, weight: point.weight, count: 1)
      while let last = blocks.last, last.sum * block.weight >= block.sum * last.weight {
        block = (block.sum + last.sum, block.weight + last.weight, block.count + last.count)
        blocks.removeLast()
      }
      blocks.append(block)
    }
    let fitted = blocks.flatMap { Array(repeating: $0.sum / $0.weight, count: $0.count) }
    // Points inside a constant stretch add nothing.
    let kept = fitted.indices.filter { index in
      index == 0 || index + 1 == fitted.count || fitted[index] != fitted[index - 1]
        || fitted[index] != fitted[index + 1]
    }
    scores = kept.map { points[$0].score }
    probabilities = kept.map { fitted[$0] }
  }
}
