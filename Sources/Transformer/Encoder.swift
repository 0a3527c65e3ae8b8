public import Platform
public import Tensor

/// A transformer encoder: token ids to one vector for each token.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public final class Encoder: Sendable {
  public let shape: EncoderShape
  public let precision: Precision
  public let processor: Processor
  package let embeddings: Embeddings
  package let layers: [TransformerLayer]
  /// The norm behind the last layer.
  private let norm: Norm?
  private let workspaces = WorkspacePool()

  init(
    _ shape: EncoderShape, _ parts: EncoderParts, precision: Precision, processor: Processor
  ) {
    self.shape = shape
    self.precision = precision
    self.processor = processor
    embeddings = parts.embeddings
    layers = parts.layers
    norm = parts.norm
  }

  /// Loads the encoder of a Hugging Face folder: `config.json` and `model.safetensors` (or shards).
  ///
  /// Float weights are widened where they are float16 or bfloat16, and laid out as the kernels read
  /// them; prepared int8 weights are mapped and used where they lie.
  ///
  /// - Parameters:
  ///   - adapter: a LoRA adapter that is merged into the weights: the path of its folder, or the name of
  ///     one below the model's `adapters`
  ///   - precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public convenience init(
    contentsOf folder: URL, adapter: String? = nil, precision: Precision? = nil,
    processor: Processor = Processor()
  ) throws(TransformerError) {
    try self.init(
      ModelFolder(folder, adapter: adapter, precision: precision, processor: processor))
  }

  /// Loads the encoder of a folder whose configuration has been read.
  package convenience init(_ model: ModelFolder) throws(TransformerError) {
    self.init(
      model.family.shape, try model.family.encoder(model.encoderWeights),
      precision: model.weights.precision, processor: model.weights.processor)
  }

  /// Tokens that go through the layers together. With more of them the wide part of the feed-forward
  /// network leaves the second cache, and products become slower again.
  private static let batchTokens = 256

  /// Runs the messages and hands each one's hidden states to `body`.
  ///
  /// Messages lie end to end, without padding; a message's states are the same bits whatever
  /// stands beside it.
  ///
  /// - Parameters:
  ///   - token: which one of a message's tokens is wanted, by their ids; nil: all. The last layer
  ///     leaves the others out.
  ///   - body: gets the message's index and its states, `[tokens, hidden size]` or
  ///     `[1, hidden size]`, valid during the call.
  /// - Throws: `cancelled` between two layers when the calling task was cancelled
  package func forEachMessage(
    of messages: [TokenSequence], only token: (([Int32]) -> Int)? = nil,
    _ body: (Int, Matrix) -> Void
  ) throws(TransformerError) {
    try workspaces.withWorkspace { workspace throws(TransformerError) in
      var first = 0
      while first < messages.count {
        let end = endOfBatch(messages, from: first)
        let batch = try Batch(messages[first..<end], for: shape)
        try workspace.scope { () throws(TransformerError) in
          if let token {
            let rows = zip(batch.messages, messages[first..<end]).map { rows, message in
              rows.lowerBound + token(message.ids)
            }
            let states = try run(batch, only: rows, workspace)
            for index in rows.indices { body(first + index, states[rows: index..<index + 1]) }
          } else {
            let states = try run(batch, only: nil, workspace)
            for (index, rows) in batch.messages.enumerated() {
              body(first + index, states[rows: rows])
            }
          }
        }
        first = end
      }
    }
  }

  private func endOfBatch(_ messages: [TokenSequence], from first: Int) -> Int {
    var end = first + 1
    var tokens = messages[first].ids.count
    while end < messages.count, tokens + messages[end].ids.count <= Self.batchTokens {
      tokens += messages[end].ids.count
      end += 1
    }
    return end
  }

  /// The hidden states of each message, `tokens` rows of `hidden size` elements.
  public func hiddenStates(of messages: [TokenSequence]) throws(TransformerError) -> [[[Float]]] {
    var states = [[[Float]]](repeating: [], count: messages.count)
    try forEachMessage(of: messages) { index, hidden in
      states[index] = (0..<hidden.rows).map { hidden[row: $0] }
    }
    return states
  }

  private func run(_ batch: Batch, only rows: [Int]?, _ workspace: Workspace)
    throws(TransformerError) -> Matrix
  {
    let all = ForwardPass(
      messages: batch.messages, workspace: workspace, processor: processor)
    let last = ForwardPass(
      messages: batch.messages, rows: rows, workspace: workspace, processor: processor)
    let hidden = workspace.matrix(rows: batch.tokenCount, columns: shape.hiddenSize)
    embed(batch, into: hidden, all)
    for layer in layers.dropLast() {
      try checkCancellation()
      layer(hidden, all)
    }
    try checkCancellation()
    let states = layers.last?(hidden, last) ?? last.wanted(hidden)
    finish(states, last)
    return states
  }

  /// Nobody waits for the result of a cancelled task, and a layer may take milliseconds.
  private func checkCancellation() throws(TransformerError) {
    if Task.isCancelled { throw .cancelled }
  }

  /// Fills `hidden`, `[tokens of all messages, hidden size]`, with the input of the first layer.
  package func embed(_ batch: Batch, into hidden: Matrix, _ pass: ForwardPass) {
    processor.stage(.embed) { embeddings(batch, into: hidden, pass) }
  }

  /// Does to the output of the last layer what follows it.
  package func finish(_ states: Matrix, _ pass: ForwardPass) {
    if let norm { pass.normalize(states, norm) }
  }
}
