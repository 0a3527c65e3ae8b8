/// A curve from a score to a probability.
enum Calibrator: Sendable {
  /// Platt's 1 / (1 + e^(a·x + b)).
  case sigmoid(slope: Double, intercept: Double)
  /// Straight lines between points that rise in x; constant beyond them.
  case isotonic(x: [Double], y: [Double])

  func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .sigmoid(let slope, let intercept):
      return (-(slope * score + intercept)).logistic
    case .isotonic(let x, let y):
      guard x.count > 1 else { return y[0] }
      let score = min(max(score, x[0]), x[x.count - 1])
      // The first point at or above the score, but not the first of all.
      var low = 0
      var high = x.count
      while low < high {
        let middle = (low + high) / 2
        if x[middle] < score { low = middle + 1 } else { high = middle }
      }
      let upper = min(max(low, 1), x.count - 1)
      let slope = (y[upper] - y[upper - 1]) / (x[upper] - x[upper - 1])
      return slope * (score - x[upper - 1]) + y[upper - 1]
    }
  }
}
