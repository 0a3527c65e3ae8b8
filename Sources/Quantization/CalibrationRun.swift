internal import Tensor
internal import Transformer

/// The calibration's messages on their way through the layers.
struct CalibrationRun {
  private let encoder: Encoder
  private let workspace = Workspace()
  /// Messages that run together, and their hidden states.
  private var batches: [(batch: Batch, hidden: Matrix)] = []

  private static let batchSize = 32

  /// - Throws: `TransformerError` where a message is not one for the encoder.
  init(_ messages: [TokenSequence], _ encoder: Encoder) throws(TransformerError) {
    self.encoder = encoder
    for start in stride(from: 0, to: messages.count, by: Self.batchSize) {
      let end = min(start + Self.batchSize, messages.count)
      let batch = try Batch(messages[start..<end], for: encoder.shape)
      let hidden = Matrix(rows: batch.tokenCount, columns: encoder.shape.hiddenSize)
      encoder.embed(batch, into: hidden, pass(batch))
      batches.append((batch, hidden))
    }
  }

  private func pass(
    _ batch: Batch, observe: ((_ layers: [Linear], _ input: Matrix) -> Void)? = nil
  ) -> ForwardPass {
    ForwardPass(
      messages: batch.messages, workspace: workspace, processor: encoder.processor,
      observe: observe)
  }

  /// The inputs of a layer's sites, over all messages and all the times that the layer comes.
  func statistics(of layer: TransformerLayer, times: Int) -> [Site: InputStatistics] {
    var statistics: [Site: InputStatistics] = [:]
    for (batch, hidden) in batches {
      let states = copy(hidden)
      let observing = pass(batch) { layers, input in
        guard let site = layer.site(of: layers) else { return }
        let gathered = statistics[site] ?? InputStatistics(columns: input.columns)
        gathered.add(input)
        statistics[site] = gathered
      }
      for _ in 0..<times { layer(states, observing) }
    }
    return statistics
  }

  /// What attention makes of the first batch; nil where there are no messages.
  func contexts(_ layer: TransformerLayer) -> Matrix? {
    guard let (batch, hidden) = batches.first else { return nil }
    var contexts: Matrix?
    let observing = pass(batch) { layers, input in
      if layer.site(of: layers) == .attentionOutput { contexts = copy(input) }
    }
    layer(copy(hidden), observing)
    return contexts
  }

  /// Runs the messages through a layer that is done.
  func apply(_ layer: TransformerLayer, times: Int) {
    for (batch, hidden) in batches {
      for _ in 0..<times { layer(hidden, pass(batch)) }
    }
  }

  /// The embedding of each message behind the last layer, as ``Agreement`` takes it.
  func embeddings(lastToken: Bool) -> [[Float]] {
    batches.flatMap { batch, hidden in
      encoder.finish(hidden, pass(batch))
      return batch.messages.map { Agreement.embedding(hidden[rows: $0], lastToken: lastToken) }
    }
  }

  private func copy(_ matrix: Matrix) -> Matrix {
    Matrix(matrix.elements, rows: matrix.rows, columns: matrix.columns)
  }
}
