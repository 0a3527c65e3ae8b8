internal import Tensor

/// Tokens of a message that attend to all of it.
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

/// Multi-head attention of each message over its own tokens, given queries, keys and values.
///
/// Works by blocks of queries, so memory grows with the length and not with its square: a block's
/// scores are `[block, tokens]`.
struct SelfAttention: Sendable {
  let headCount: Int
  let headSize: Int
  /// What scores are multiplied by before the softmax.
  let scale: Float
  let distance: DistanceScores

  static let block = 64

  /// - Parameters:
  ///   - projected: `[tokens, 3 · hidden]`: queries, keys, values side by side
  ///   - context: `[queries, hidden]`
  ///   - layer: which layer this is, for what `distance` holds per layer
  func callAsFunction(
    _ projected: Matrix, spans: [AttentionSpan], layer: Int, into context: Matrix,
    workspace: Workspace, on processor: Processor
  ) {
    let longest = spans.reduce(0) { max($0, $1.tokens.count) }
    // One part for each block of queries of each head of each message.
    let parts = spans.reduce(0) { $0 + Self.blocks($1.queries.count) * headCount }
    workspace.scope {
      let scratch = workspace.matrix(
        rows: processor.pool.threads, columns: scratchSize(longest))
      processor.pool.run(parts: parts) { part, worker in
        var part = part
        for span in spans {
          let count = Self.blocks(span.queries.count) * headCount
          if part < count {
            let start = part / headCount * Self.block
            attend(
              projected, span, head: part % headCount, layer: layer,
              queries: start..<min(start + Self.block, span.queries.count),
              into: context[rows: span.queries], scratch: scratch[rows: worker..<worker + 1],
              processor.kernels)
            return
          }
          part -= count
        }
      }
    }
  }

  private static func blocks(_ queries: Int) -> Int { (queries + block - 1) / block }

  private func scratchSize(_ tokens: Int) -> Int {
    let width = Matrix.spreadStride(tokens)
    return headSize * width + Self.block * width + Self.block * Matrix.spreadStride(headSize)
      + distance.scratchSize(tokens: tokens)
  }

  private func attend(
    _ projected: Matrix, _ span: AttentionSpan, head: Int, layer: Int, queries: Range<Int>,
    into context: Matrix, scratch: Matrix, _ kernels: Kernels
  ) {
    let tokens = span.tokens.count
    let hidden = headCount * headSize
    let width = Matrix.spreadStride(tokens)
    let columns = head * headSize..<(head + 1) * headSize
    func part(_ index: Int) -> Matrix {
      projected[columns: index * hidden + columns.lowerBound..<index * hidden + columns.upperBound]
    }
    var used = 0
    func matrix(_ rows: Int, _ columns: Int, stride: Int) -> Matrix {
      defer { used += rows * stride }
      return Matrix(
        storage: scratch.storage, offset: scratch.offset + used, rows: rows, columns: columns,
        stride: stride)
    }
    let keys = matrix(headSize, tokens, stride: width)
    let scores = matrix(queries.count, tokens, stride: width)
    let result = matrix(queries.count, headSize, stride: Matrix.spreadStride(headSize))

    let query = part(0)[rows: span.queries][rows: queries]
    let rawKeys = part(1)[rows: span.tokens]
    kernels.transpose(rawKeys, into: keys)
    kernels.multiply(query, keys, scale: scale, into: scores)
    distance.add(
      to: scores, queries: span.place + queries.lowerBound..<span.place + queries.upperBound,
      query: query, keys: rawKeys, head: head, layer: layer,
      scratch: matrix(
        1, distance.scratchSize(tokens: tokens), stride: distance.scratchSize(tokens: tokens)),
      kernels)
    kernels.softmax(scores)
    let values = part(2)[rows: span.tokens]
    let target = context[rows: queries][columns: columns]
    if headSize % 16 == 0 {
      kernels.multiply(scores, values, into: target)
    } else {
      kernels.multiply(scores, values, into: result)
      for row in 0..<queries.count { target.set(row: row, from: result, row: row) }
    }
  }
}
