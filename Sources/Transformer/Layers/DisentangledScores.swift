internal import RealModule
internal import Tensor

/// DeBERTa's scores between content and relative position (arXiv:2006.03654, equation 4).
///
/// For a query at i and a key at j both terms look at row `bucket(i − j) + span` of the relative
/// embeddings: content to position multiplies the query with the row's key projection, position to
/// content the key with its query projection. Those projections do not depend on the message: they
/// are computed once, and laid out so that the rows which consecutive tokens look at are consecutive
/// columns. A message of L tokens touches 2 L − 1 of them while distances are their own buckets.
struct DisentangledScores: Sendable {
  /// `[heads · head size, 2 · span]`, column c for row `2 · span − 1 − c`: falling distance, so that a
  /// query's keys run to the right.
  private let positionKeys: Matrix?
  /// `[heads · head size, 2 · span]`, column r for row r: rising distance, so that a key's queries run
  /// to the right.
  private let positionQueries: Matrix?
  private let span: Int
  private let scale: Float
  private let buckets: DistanceBuckets

  /// Two whole tiles of the product.
  private static let rowBlock = 12

  /// - Parameters:
  ///   - keys: the key projections of the relative embeddings, `[2 · span, heads · head size]`; nil: no
  ///     term from content to position
  ///   - queries: their query projections; nil: no term from position to content
  ///   - scale: what both terms are multiplied by
  init(
    keys: Matrix?, queries: Matrix?, buckets: DistanceBuckets, scale: Float, _ kernels: Kernels
  ) {
    positionKeys = keys.map { keys in
      let reversed = Matrix(rows: keys.rows, columns: keys.columns)
      for row in 0..<keys.rows { reversed.set(row: row, from: keys, row: keys.rows - 1 - row) }
      return reversed.transposed(kernels)
    }
    positionQueries = queries?.transposed(kernels)
    span = buckets.span
    self.scale = scale
    self.buckets = buckets
  }

  func scratchSize(tokens: Int) -> Int {
    // Products with a run of columns, and the position-to-content block before its transposition.
    let width = Matrix.spreadStride(min(2 * span, tokens + Attention.block)) + 16
    let block = Self.rowBlock * width
    return block + Self.rowBlock * Matrix.spreadStride(Attention.block)
  }

  func add(to block: ScoreBlock, scratch: Matrix, _ kernels: Kernels) {
    let headSize = block.queries.columns
    let rows = block.head * headSize..<(block.head + 1) * headSize
    if let table = positionKeys?[rows: rows] {
      addContentToPosition(to: block, table, scratch, kernels)
    }
    if let table = positionQueries?[rows: rows] {
      addPositionToContent(to: block, table, scratch, kernels)
    }
  }

  private func addContentToPosition(
    to target: ScoreBlock, _ table: Matrix, _ scratch: Matrix, _ kernels: Kernels
  ) {
    let (scores, queries) = (target.scores, target.places)
    let tokens = scores.columns
    for start in stride(from: 0, to: queries.count, by: Self.rowBlock) {
      let block = start..<min(start + Self.rowBlock, queries.count)
      let first = queries.lowerBound + block.lowerBound
      let last = queries.lowerBound + block.upperBound - 1
      // Distances i − j of this block, from the farthest key behind to the farthest ahead.
      let highest = buckets.row(last)
      let lowest = buckets.row(first - (tokens - 1))
      let columns = 2 * span - 1 - highest..<2 * span - lowest
      let products = product(target.queries[rows: block], table, columns, scratch, kernels)
      if buckets.areDistances(last) && buckets.areDistances(first - (tokens - 1)) {
        kernels.slide(
          products, from: 2 * span - 1 - buckets.row(first) - columns.lowerBound, step: -1,
          into: scores[rows: block], accumulate: true)
        continue
      }
      for row in block {
        for key in 0..<tokens {
          let distance = queries.lowerBound + row - key
          scores[row, key] +=
            products[
              row - block.lowerBound, 2 * span - 1 - buckets.row(distance) - columns.lowerBound]
        }
      }
    }
  }

  private func addPositionToContent(
    to target: ScoreBlock, _ table: Matrix, _ scratch: Matrix, _ kernels: Kernels
  ) {
    let (scores, queries) = (target.scores, target.places)
    let tokens = scores.columns
    let count = queries.count
    let width = Matrix.spreadStride(count)
    for start in stride(from: 0, to: tokens, by: Self.rowBlock) {
      let block = start..<min(start + Self.rowBlock, tokens)
      let lowest = buckets.row(queries.lowerBound - (block.upperBound - 1))
      let highest = buckets.row(queries.upperBound - 1 - block.lowerBound)
      let columns = lowest..<highest + 1
      let products = product(target.keys[rows: block], table, columns, scratch, kernels)
      let gathered = Matrix(
        storage: scratch.storage,
        offset: scratch.offset + scratch.columns - Self.rowBlock * width,
        rows: block.count, columns: count, stride: width)
      let nearest = queries.lowerBound - block.lowerBound
      let farthest = queries.lowerBound - (block.upperBound - 1)
      if buckets.areDistances(farthest) && buckets.areDistances(nearest + count - 1) {
        kernels.slide(
          products, from: buckets.row(nearest) - columns.lowerBound, step: -1, into: gathered)
      } else {
        for row in 0..<block.count {
          for query in 0..<count {
            gathered[row, query] =
              products[row, buckets.row(nearest - row + query) - columns.lowerBound]
          }
        }
      }
      kernels.transpose(
        gathered, into: scores[columns: block], accumulate: true)
    }
  }

  /// `scale · rows · table[columns]`, in scratch.
  private func product(
    _ rows: Matrix, _ table: Matrix, _ columns: Range<Int>, _ scratch: Matrix, _ kernels: Kernels
  ) -> Matrix {
    let result = Matrix(
      storage: scratch.storage, offset: scratch.offset, rows: rows.rows, columns: columns.count,
      stride: Matrix.spreadStride(columns.count))
    kernels.multiply(rows, table[columns: columns], scale: scale, into: result)
    return result
  }
}

/// The row of the relative embeddings for each distance.
struct DistanceBuckets: Sendable {
  /// 0 where distances are not put in buckets.
  let buckets: Int
  let maximumDistance: Int

  /// Rows on each side of distance 0.
  var span: Int { buckets > 0 ? buckets : maximumDistance }

  /// Whether the distance is its own bucket, and neither end of the table cuts it off.
  func areDistances(_ distance: Int) -> Bool {
    abs(distance) <= (buckets > 0 ? buckets / 2 : span - 1) && abs(distance) < span
  }

  /// The row for a query `distance` tokens behind the key: `clamp(bucket + span)`.
  func row(_ distance: Int) -> Int { min(max(bucket(distance) + span, 0), 2 * span - 1) }

  /// `make_log_bucket_position` of transformers: distances up to half the buckets are themselves,
  /// farther ones logarithmic up to the maximum. In float32, as there.
  private func bucket(_ distance: Int) -> Int {
    let middle = buckets / 2
    let steps = abs(distance)
    guard buckets > 0, steps > middle else { return distance }
    let logarithm =
      Float.log(Float(steps) / Float(middle))
      / Float.log(Float(Double(maximumDistance - 1) / Double(middle))) * Float(middle - 1)
    let bucket = Int(min(max(0, logarithm.rounded(.up) + Float(middle)), Float(1 << 24)))
    return distance < 0 ? -bucket : bucket
  }
}

extension Matrix {
  /// The transpose, copied.
  fileprivate func transposed(_ kernels: Kernels) -> Matrix {
    let stride = Matrix.spreadStride(rows)
    let result = Matrix(
      storage: Storage<Float>(count: columns * stride), rows: columns, columns: rows, stride: stride
    )
    kernels.transpose(self, into: result)
    return result
  }
}
