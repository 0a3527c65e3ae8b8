/// The agreement of scores with frequencies: reliability bins, expected calibration error and
/// Brier score.
public struct Reliability: Sendable, Hashable, Codable {
  /// The rows whose scores fall into one interval `(lower, upper]`; the first includes 0.
  public struct Bin: Sendable, Hashable, Codable {
    public let lower: Double
    public let upper: Double
    public let count: Int
    /// The mean score of the bin's rows, 0 when it is empty.
    public let meanScore: Double
    /// The share of positives among the bin's rows, 0 when it is empty.
    public let positiveRate: Double
  }

  /// Bins of equal width over [0, 1], empty ones included.
  public let bins: [Bin]
  /// Σ count/n · |meanScore − positiveRate| over the bins (Naeini et al., 2015); 0 without rows.
  public let expectedCalibrationError: Double
  /// The mean of (score − truth)², `sklearn.metrics.brier_score_loss`; 0 without rows.
  public let brierScore: Double

  /// Measures calibration.
  ///
  /// The bins are those of `sklearn.calibration.calibration_curve(strategy="uniform")`. Scores
  /// outside [0, 1] count in the outermost bins; rows whose score is NaN are left out.
  ///
  /// - Parameters:
  ///   - scores: one score per row.
  ///   - truths: one truth per row.
  ///   - binCount: the number of bins, at least 1.
  public init(scores: [Double], truths: [Bool], binCount: Int = 10) {
    let binCount = max(1, binCount)
    // numpy's linspace multiplies the step, so edges are compared as it computes them.
    let step = 1 / Double(binCount)
    let edges = (0...binCount).map { $0 == binCount ? 1 : Double($0) * step }
    var counts = [Int](repeating: 0, count: binCount)
    var sums = [Double](repeating: 0, count: binCount)
    var positives = [Int](repeating: 0, count: binCount)
    var squares = 0.0
    var total = 0
    for (score, truth) in zip(scores, truths) where !score.isNaN {
      let bin = Self.bin(of: score, edges: edges)
      counts[bin] += 1
      sums[bin] += score
      positives[bin] += truth ? 1 : 0
      let error = score - (truth ? 1 : 0)
      squares += error * error
      total += 1
    }
    bins = (0..<binCount).map { bin in
      Bin(
        lower: edges[bin], upper: edges[bin + 1], count: counts[bin],
        meanScore: counts[bin] == 0 ? 0 : sums[bin] / Double(counts[bin]),
        positiveRate: ratio(positives[bin], counts[bin]))
    }
    brierScore = total == 0 ? 0 : squares / Double(total)
    var calibrationError = 0.0
    for bin in bins {
      calibrationError += ratio(bin.count, total) * abs(bin.meanScore - bin.positiveRate)
    }
    expectedCalibrationError = calibrationError
  }

  /// The number of inner edges below `score`: `np.searchsorted(bins[1:-1], score)`.
  private static func bin(of score: Double, edges: [Double]) -> Int {
    var low = 1
    var high = edges.count - 1
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < score { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}
