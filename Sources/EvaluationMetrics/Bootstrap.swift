/// The percentile bootstrap over rows (Efron, 1979): how far a number would move had other rows
/// been drawn.
///
/// All labels of a row are drawn together, so that means over labels get honest intervals too.
/// The cost is O(resamples × rows × labels) time and O(rows × labels) memory.
public struct Bootstrap: Sendable {
  /// The number of resamples.
  public let resamples: Int
  /// The share of resampled values inside an interval.
  public let confidence: Double
  /// Resample `r` depends on the seed and on `r` alone.
  public let seed: UInt64

  public init(resamples: Int = 1000, confidence: Double = 0.95, seed: UInt64 = 0) {
    self.resamples = max(1, resamples)
    self.confidence = min(max(confidence, 0), 1)
    self.seed = seed
  }

  /// An interval around a number.
  public struct Interval: Sendable, Hashable, Codable {
    public let lower: Double
    public let upper: Double

    public init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// The intervals of one label's numbers.
  public struct LabelIntervals: Sendable, Hashable, Codable {
    public let precision: Interval
    public let recall: Interval
    public let f1: Interval
    /// nil when one class is missing.
    public let areaUnderROC: Interval?
    public let averagePrecision: Interval
  }

  /// The intervals of an evaluation.
  public struct Intervals: Sendable, Hashable, Codable {
    public let labels: [LabelIntervals]
    public let macroF1: Interval
    public let microF1: Interval
    public let weightedF1: Interval
    /// nil when no row has all labels known.
    public let exactMatch: Interval?
  }

  /// The number of times that each row is drawn in one resample.
  func weights(resample: Int, count: Int) -> [UInt16] {
    var generator = SeededGenerator(seed: seed &+ UInt64(resample) &* 0xd134_2543_de82_ef95)
    var weights = [UInt16](repeating: 0, count: count)
    for _ in 0..<count {
      weights[generator.next(below: count)] &+= 1
    }
    return weights
  }

  /// The percentile interval of resampled values (numpy's linear interpolation); NaN values are
  /// left out, and without any other the result is nil.
  func interval(of values: [Double]) -> Interval? {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard let last = sorted.last else { return nil }
    func quantile(_ q: Double) -> Double {
      let position = q * Double(sorted.count - 1)
      let below = Int(position)
      guard below + 1 < sorted.count else { return last }
      return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }
    let tail = (1 - confidence) / 2
    return Interval(lower: quantile(tail), upper: quantile(1 - tail))
  }
}
