internal import Tensor

/// What the distance between two tokens adds to their attention score.
enum DistanceScores: Sendable {
  case none
  case biasTable(DistanceBias)
  case disentangled(DisentangledScores)

  func scratchSize(tokens: Int) -> Int {
    if case .disentangled(let scores) = self { return scores.scratchSize(tokens: tokens) }
    return 0
  }

  /// - Parameters:
  ///   - scores: `[queries, tokens]`, scaled
  ///   - query: `[queries, head size]`
  ///   - keys: `[tokens, head size]`
  func add(
    to scores: Matrix, queries: Range<Int>, query: Matrix, keys: Matrix, head: Int, layer: Int,
    scratch: Matrix, _ kernels: Kernels
  ) {
    switch self {
    case .none: break
    case .biasTable(let bias): bias.add(to: scores, queries: queries, head: head, kernels)
    case .disentangled(let table):
      table.add(
        to: scores, queries: queries, query: query, keys: keys, head: head, layer: layer,
        scratch: scratch, kernels)
    }
  }
}

/// One bias for each head and distance, the same in all layers: T5's scheme, as MPNet has it.
///
/// Laid out by distance, so that the biases of a query are one run of the table.
struct DistanceBias: Sendable {
  /// `[heads, 2 · maximum − 1]`: column `d + maximum − 1` is for a key `d` tokens behind the query.
  private let table: Matrix
  private let maximum: Int

  /// What the reference counts, however many rows the table has.
  static let bucketCount = 32

  /// - Parameters:
  ///   - weights: `[buckets, heads]`, at least 32 buckets
  ///   - maximum: the longest message
  init(_ weights: Matrix, maximumDistance: Int, maximum: Int) {
    let heads = weights.columns
    self.maximum = maximum
    table = Matrix(rows: heads, columns: 2 * maximum - 1)
    for distance in -(maximum - 1)...(maximum - 1) {
      let bucket = Self.bucket(distance, maximumDistance: maximumDistance)
      for head in 0..<heads { table[head, distance + maximum - 1] = weights[bucket, head] }
    }
  }

  /// `relative_position_bucket` of transformers' MPNet: half of the buckets for either direction;
  /// of these, half exact and half logarithmic.
  static func bucket(_ distance: Int, maximumDistance: Int) -> Int {
    let half = bucketCount / 2
    let base = distance > 0 ? half : 0
    let steps = abs(distance)
    let exact = half / 2
    guard steps >= exact else { return base + steps }
    // In float32 as the reference has it: the truncation turns on the last bit.
    let ratio = Float(steps) / Float(exact)
    let logarithm = log32(ratio) / Float(log64(Double(maximumDistance) / Double(exact)))
    return base + min(half - 1, exact + Int(logarithm * Float(half - exact)))
  }

  func add(to scores: Matrix, queries: Range<Int>, head: Int, _ kernels: Kernels) {
    kernels.slide(
      table[rows: head..<head + 1], from: maximum - 1 - queries.lowerBound, step: -1, into: scores,
      accumulate: true)
  }
}
