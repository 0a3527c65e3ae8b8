/// A rising step-free function through points, fitted by pooling adjacent violators
/// (Zadrozny and Elkan, 2002), linear between the points and constant beyond them.
public struct IsotonicRegression: Sendable, Hashable, Codable {
  /// Rising scores.
  public let scores: [Double]
  /// The probability at each score, never falling.
  public let probabilities: [Double]

  /// Takes a fitted function.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` when there are no points, their numbers
  ///   differ, scores do not rise or probabilities fall.
  public init(scores: [Double], probabilities: [Double]) throws(EvaluationError) {
    guard !scores.isEmpty, scores.count == probabilities.count,
      zip(scores, scores.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw .notEnoughRows(
        "an isotonic calibration needs as many rising scores as never falling probabilities")
    }
    self.scores = scores
    self.probabilities = probabilities
  }

  /// Fits as `sklearn.isotonic.IsotonicRegression(out_of_bounds="clip")` does.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` without rows.
  public init(fitting values: [Double], truths: [Bool]) throws(EvaluationError) {
    let rows = zip(values, truths).filter(\.0.isFinite).sorted { $0.0 < $1.0 }
    // Equal scores are one point: their mean, weighted by their number.
    var points: [(score: Double, sum: Double, weight: Double)] = []
    for (score, truth) in rows {
      if let last = points.last, score - last.score < 1e-15 {
        points[points.count - 1].sum += truth ? 1 : 0
        points[points.count - 1].weight += 1
      } else {
        points.append((score, truth ? 1 : 0, 1))
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

  /// The probability of a score.
  public func callAsFunction(_ score: Double) -> Double {
    var low = 0
    var high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return probabilities[0] }
    if low == scores.count { return probabilities[low - 1] }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    return probabilities[low - 1] + share * (probabilities[low] - probabilities[low - 1])
  }
}
