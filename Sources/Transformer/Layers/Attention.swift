internal import Tensor

/// Multi-head attention of each message over its own tokens (arXiv:1706.03762), with fewer heads of
/// keys and values than of queries where a model has it so (arXiv:2305.13245).
///
/// It works by blocks of queries, so memory grows with the length and not with its square: a block's
/// scores are `[block, tokens]`.
package struct Attention: Sendable {
  private(set) var query: Linear
  private(set) var key: Linear
  private var value: Linear
  private var output: Linear
  let heads: Int
  /// Heads of keys and values, each for as many heads of queries.
  private let keyHeads: Int
  let headSize: Int
  /// What scores are multiplied by before the softmax.
  private let scale: Float
  /// The norms of each head's queries and keys.
  private let queryNorm: Norm?
  private let keyNorm: Norm?
  var position: Position
  private let reach: Reach

  /// - Parameters:
  ///   - query: `heads · head size` outputs
  ///   - key: `keyHeads · head size` outputs, as `value`
  ///   - keyHeads: nil: as many as `heads`
  ///   - scale: nil: 1 / √head size
  init(
    query: Linear, key: Linear, value: Linear, output: Linear, heads: Int, keyHeads: Int? = nil,
    scale: Float? = nil, queryNorm: Norm? = nil, keyNorm: Norm? = nil, position: Position = .none,
    reach: Reach = .all
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    headSize = query.outputs / heads
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.queryNorm = queryNorm
    self.keyNorm = keyNorm
    self.position = position
    self.reach = reach
    precondition(query.outputs == heads * headSize && heads % self.keyHeads == 0)
    precondition(key.outputs == self.keyHeads * headSize && value.outputs == key.outputs)
  }

  /// The layers that multiply the attention's input.
  package var inputLayers: [Linear] {
    get { [query, key, value] }
    set { (query, key, value) = (newValue[0], newValue[1], newValue[2]) }
  }

  /// The layer that multiplies what the heads have gathered.
  package var outputLayers: [Linear] {
    get { [output] }
    set { output = newValue[0] }
  }

  /// `y = attention(x) + residual`.
  ///
  /// - Parameters:
  ///   - x: every row, `[tokens, hidden size]`
  ///   - y: `[rows that the pass wants, hidden size]`, as `residual`
  func callAsFunction(_ x: Matrix, residual: Matrix?, into y: Matrix, _ pass: ForwardPass) {
    pass.workspace.scope {
      let width = heads * headSize
      let keyWidth = keyHeads * headSize
      let projected = pass.workspace.matrix(rows: x.rows, columns: width + 2 * keyWidth)
      let projections = Projections(
        queries: projected[rows: 0..<y.rows][columns: 0..<width],
        keys: projected[columns: width..<width + keyWidth],
        values: projected[columns: width + keyWidth..<width + 2 * keyWidth],
        spans: AttentionSpan.spans(of: pass.messages, only: pass.rows))
      project(x, into: projections, pass)
      let context = pass.workspace.matrix(rows: y.rows, columns: width)
      pass.processor.stage(.attention) {
        placeTokens(projections, pass.processor)
        attend(projections, into: context, pass)
      }
      pass.multiply(context, [output], residual: residual, into: [y])
    }
  }

  /// Queries, keys and values of all heads side by side.
  private struct Projections {
    /// `[wanted rows, heads · head size]`
    let queries: Matrix
    /// `[tokens, key heads · head size]`, as `values`
    let keys: Matrix
    let values: Matrix
    let spans: [AttentionSpan]
  }

  private func project(_ x: Matrix, into y: Projections, _ pass: ForwardPass) {
    if pass.rows == nil {
      pass.multiply(x, [query, key, value], into: [y.queries, y.keys, y.values])
    } else {
      pass.multiply(x, [key, value], into: [y.keys, y.values])
      pass.multiply(pass.wanted(x), [query], into: [y.queries])
    }
  }

  /// Normalises and rotates queries and keys, where the model does so.
  private func placeTokens(_ x: Projections, _ processor: Processor) {
    placeTokens(x.queries, queryNorm, x.spans.map { ($0.queries, $0.place) }, processor)
    placeTokens(x.keys, keyNorm, x.spans.map { ($0.tokens, 0) }, processor)
  }

  /// - Parameters:
  ///   - x: queries or keys, `[rows, heads · head size]`
  ///   - spans: the rows of each message, and the place of the first
  private func placeTokens(
    _ x: Matrix, _ norm: Norm?, _ spans: [(rows: Range<Int>, place: Int)], _ processor: Processor
  ) {
    let rotary: Rotary? = if case .rotary(let rotary) = position { rotary } else { nil }
    guard norm != nil || rotary != nil else { return }
    let places = spans.reduce(0) { max($0, $1.place + $1.rows.count) }
    let angles = rotary?.angles(places: places)
    processor.eachRows(of: x.rows) { rows in
      if let norm {
        for start in stride(from: 0, to: x.columns, by: headSize) {
          norm(x[rows: rows][columns: start..<start + headSize], processor.kernels)
        }
      }
      guard let rotary, let angles else { return }
      for span in spans where span.rows.overlaps(rows) {
        let rows = rows.clamped(to: span.rows)
        let first = span.place + rows.lowerBound - span.rows.lowerBound
        rotary(
          x[rows: rows], places: first..<first + rows.count, angles: angles, processor.kernels)
      }
    }
  }

  static let block = 64

  private static func blocks(_ queries: Int) -> Int { (queries + block - 1) / block }

  private func attend(_ x: Projections, into context: Matrix, _ pass: ForwardPass) {
    let longest = x.spans.reduce(0) { max($0, $1.tokens.count) }
    // One part for each block of queries of each head of each message.
    let parts = x.spans.reduce(0) { $0 + Self.blocks($1.queries.count) * heads }
    let scratch = pass.workspace.matrix(
      rows: pass.processor.pool.threads, columns: scratchSize(longest))
    pass.processor.pool.run(parts: parts) { part, worker in
      var part = part
      for span in x.spans {
        let count = Self.blocks(span.queries.count) * heads
        if part < count {
          let start = part / heads * Self.block
          attend(
            x, span, head: part % heads,
            block: start..<min(start + Self.block, span.queries.count), into: context,
            scratch: scratch[rows: worker..<worker + 1], pass.processor.kernels)
          return
        }
        part -= count
      }
    }
  }

  private func scratchSize(_ tokens: Int) -> Int {
    let width = Matrix.spreadStride(tokens)
    return headSize * width + Self.block * width + Self.block * Matrix.spreadStride(headSize)
      + position.scratchSize(tokens: tokens)
  }

  /// One head of a block of a message's queries.
  private func attend(
    _ x: Projections, _ span: AttentionSpan, head: Int, block: Range<Int>, into context: Matrix,
    scratch: Matrix, _ kernels: Kernels
  ) {
    var used = 0
    func matrix(_ rows: Int, _ columns: Int, stride: Int) -> Matrix {
      defer { used += rows * stride }
      return Matrix(
        storage: scratch.storage, offset: scratch.offset + used, rows: rows, columns: columns,
        stride: stride)
    }
    let places = span.place + block.lowerBound..<span.place + block.upperBound
    var seen = reach.keys(of: places, count: span.tokens.count)
    // A query's sums have the same order in every block if the first key is a multiple of 16.
    seen = seen.lowerBound / 16 * 16..<seen.upperBound
    let columns = head * headSize..<(head + 1) * headSize
    let keyHead = head / (heads / keyHeads)
    let keyColumns = keyHead * headSize..<(keyHead + 1) * headSize
    let width = Matrix.spreadStride(seen.count)
    let transposedKeys = matrix(headSize, seen.count, stride: width)
    let scores = ScoreBlock(
      head: head, places: places.lowerBound - seen.lowerBound..<places.upperBound - seen.lowerBound,
      queries: x.queries[rows: span.queries][rows: block][columns: columns],
      keys: x.keys[rows: span.tokens][rows: seen][columns: keyColumns],
      scores: matrix(block.count, seen.count, stride: width))
    kernels.transpose(scores.keys, into: transposedKeys)
    kernels.multiply(scores.queries, transposedKeys, scale: scale, into: scores.scores)
    let rest = position.scratchSize(tokens: seen.count)
    position.add(to: scores, scratch: matrix(1, rest, stride: rest), kernels)
    reach.mask(scores)
    kernels.softmax(scores.scores)

    let values = x.values[rows: span.tokens][rows: seen][columns: keyColumns]
    let target = context[rows: span.queries][rows: block][columns: columns]
    // The product overwrites what stands behind its columns, up to 16.
    if headSize % 16 == 0 {
      kernels.multiply(scores.scores, values, into: target)
    } else {
      let result = matrix(block.count, headSize, stride: Matrix.spreadStride(headSize))
      kernels.multiply(scores.scores, values, into: result)
      for row in 0..<block.count { target.set(row: row, from: result, row: row) }
    }
  }
}

/// The queries of a message and the tokens that they attend to.
struct AttentionSpan {
  /// Rows of keys and values: the whole message.
  let tokens: Range<Int>
  /// Rows of queries, and of the contexts made for them.
  let queries: Range<Int>
  /// The place in the message of the first query's token.
  let place: Int

  /// All tokens of each message, or the one of `rows`.
  static func spans(of messages: [Range<Int>], only rows: [Int]?) -> [AttentionSpan] {
    messages.enumerated().map { index, tokens in
      guard let rows else { return AttentionSpan(tokens: tokens, queries: tokens, place: 0) }
      return AttentionSpan(
        tokens: tokens, queries: index..<index + 1, place: rows[index] - tokens.lowerBound)
    }
  }
}
