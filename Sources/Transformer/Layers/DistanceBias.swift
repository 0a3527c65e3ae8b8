internal import RealModule
internal import Tensor

/// One bias for each head and distance: T5's scheme (arXiv:1910.10683), as MPNet has it.
///
/// Laid out by distance, so that the biases of a query are one run of the table.
struct DistanceBias: Sendable {
  /// `[heads, 2 · maximum − 1]`: column `d + maximum − 1` is for a key `d` tokens behind the query.
  private let table: Matrix
  private let maximum: Int

  /// The number that the reference counts, however many rows the table has.
  static let bucketCount = 32
  /// The distance from which on all share the last bucket.
  private static let maximumDistance = 128

  /// - Parameters:
  ///   - weights: `[buckets, heads]`, at least 32 buckets
  ///   - maximum: the longest message
  init(_ weights: Matrix, maximum: Int) {
    let heads = weights.columns
    self.maximum = maximum
    table = Matrix(rows: heads, columns: 2 * maximum - 1)
    for distance in -(maximum - 1)...(maximum - 1) {
      let bucket = Self.bucket(distance)
      for head in 0..<heads { table[head, distance + maximum - 1] = weights[bucket, head] }
    }
  }

  /// `relative_position_bucket` of transformers' MPNet: half of the buckets for either direction;
  /// of these, half exact and half logarithmic.
  private static func bucket(_ distance: Int) -> Int {
    let half = bucketCount / 2
    let base = distance > 0 ? half : 0
    let steps = abs(distance)
    let exact = half / 2
    guard steps >= exact else { return base + steps }
    // In float32 as the reference has it: the truncation turns on the last bit.
    let ratio = Float(steps) / Float(exact)
    let logarithm = Float.log(ratio) / Float(Double.log(Double(maximumDistance) / Double(exact)))
    return base + min(half - 1, exact + Int(logarithm * Float(half - exact)))
  }

  func add(to block: ScoreBlock, _ kernels: Kernels) {
    kernels.slide(
      table[rows: block.head..<block.head + 1], from: maximum - 1 - block.places.lowerBound,
      step: -1, into: block.scores, accumulate: true)
  }
}
