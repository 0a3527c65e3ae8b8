internal import Safetensors
internal import Synchronization
public import Tensor

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A transformer encoder: token ids to one vector for each token.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public final class Encoder: Sendable {
  public let configuration: EncoderConfiguration
  public let processor: Processor
  let embeddings: Embeddings
  let layers: [EncoderLayer]
  let attention: SelfAttention
  let convolution: ConvolutionLayer?
  private let workspaces: WorkspacePool

  init(
    _ configuration: EncoderConfiguration, embeddings: Embeddings, layers: [EncoderLayer],
    distance: DistanceScores, scale: Float, convolution: ConvolutionLayer? = nil,
    processor: Processor
  ) {
    self.configuration = configuration
    self.embeddings = embeddings
    self.layers = layers
    self.convolution = convolution
    self.processor = processor
    attention = SelfAttention(
      headCount: configuration.headCount, headSize: configuration.headSize, scale: scale,
      distance: distance)
    workspaces = WorkspacePool()
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
  ///   - token: which one of so many tokens is wanted; nil: all. The last layer leaves the others out.
  ///   - body: gets the message's index and its states, `[tokens, hidden size]` or
  ///     `[1, hidden size]`, valid during the call.
  func forEachMessage(
    of messages: [TokenSequence], only token: ((Int) -> Int)? = nil, _ body: (Int, Matrix) -> Void
  ) throws(TransformerError) {
    try workspaces.withWorkspace { workspace throws(TransformerError) in
      var first = 0
      while first < messages.count {
        var end = first + 1
        var tokens = messages[first].ids.count
        while end < messages.count, processor.kernels.rowsAreIndependent,
          tokens + messages[end].ids.count <= Self.batchTokens
        {
          tokens += messages[end].ids.count
          end += 1
        }
        let batch = try Batch(messages[first..<end], configuration)
        workspace.scope {
          if let token {
            let rows = batch.messages.map { $0.lowerBound + token($0.count) }
            let states = run(batch, only: rows, workspace)
            for index in rows.indices { body(first + index, states[rows: index..<index + 1]) }
          } else {
            let states = run(batch, only: nil, workspace)
            for (index, rows) in batch.messages.enumerated() {
              body(first + index, states[rows: rows])
            }
          }
        }
        first = end
      }
    }
  }

  /// The hidden states of each message, `tokens` rows of `hidden size` elements.
  public func hiddenStates(of messages: [TokenSequence]) throws(TransformerError) -> [[[Float]]] {
    var states = [[[Float]]](repeating: [], count: messages.count)
    try forEachMessage(of: messages) { index, hidden in
      states[index] = (0..<hidden.rows).map { hidden[row: $0] }
    }
    return states
  }

  private func run(_ batch: Batch, only rows: [Int]?, _ workspace: Workspace) -> Matrix {
    let hidden = workspace.matrix(rows: batch.tokenCount, columns: configuration.hiddenSize)
    let embedded = embed(batch, into: hidden, workspace)
    guard !layers.isEmpty else {
      return rows.map { workspace.gather($0, of: hidden) } ?? hidden
    }
    var states = hidden
    for (index, layer) in layers.enumerated() {
      states = apply(
        layer, index, to: hidden, batch, only: index == layers.count - 1 ? rows : nil,
        embedded: embedded, workspace)
    }
    return states
  }

  /// Fills `hidden` with the embeddings.
  ///
  /// - Returns: what the convolution beside the first layer makes of them, where there is one.
  func embed(_ batch: Batch, into hidden: Matrix, _ workspace: Workspace) -> Matrix? {
    let rows = batch.tokenCount
    processor.stage(.embed) {
      workspace.scope {
        embeddings(
          batch, into: hidden,
          scratch: { columns in workspace.matrix(rows: rows, columns: columns) },
          on: processor)
      }
    }
    return convolution.map { convolution in
      let result = workspace.matrix(rows: rows, columns: configuration.hiddenSize)
      return workspace.scope {
        convolution.convolve(
          hidden, messages: batch.messages, into: result,
          products: workspace.matrix(rows: rows, columns: configuration.hiddenSize),
          on: processor)
      }
    }
  }

  /// Replaces `hidden` by what the layer makes of it, and returns it; or what it makes of `rows`.
  @discardableResult
  func apply(
    _ layer: EncoderLayer, _ index: Int, to hidden: Matrix, _ batch: Batch, only rows: [Int]? = nil,
    embedded: Matrix?, _ workspace: Workspace, observe: ((EncoderLayer.Site, Matrix) -> Void)? = nil
  ) -> Matrix {
    let states = layer(
      hidden, messages: batch.messages, only: rows, layer: index, attention: attention,
      activation: configuration.activation, workspace: workspace, on: processor, observe: observe)
    if index == 0, let convolution, let embedded {
      let residual =
        rows.map { workspace.gather($0, of: embedded) } ?? embedded
      convolution.norm(states, residual: residual, into: states, on: processor)
    }
    return states
  }
}

extension Encoder {
  /// Loads the encoder of a Hugging Face folder: `config.json` and `model.safetensors` (or shards).
  ///
  /// Float weights are widened where they are float16 or bfloat16, and laid out as the kernels read
  /// them; prepared int8 weights are mapped and used where they lie.
  ///
  /// - Parameter precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public convenience init(
    contentsOf folder: URL, precision: Precision? = nil, processor: Processor = Processor()
  ) throws(TransformerError) {
    let model = try ModelFolder(folder, precision: precision)
    try self.init(model.configuration, model.encoderScope(), processor: processor)
  }

  convenience init(
    _ configuration: EncoderConfiguration, _ scope: CheckpointScope, processor: Processor
  ) throws(TransformerError) {
    switch configuration.family {
    case .bert: try self.init(bert: scope, configuration, processor)
    case .mpnet: try self.init(mpnet: scope, configuration, processor)
    case .roberta: try self.init(roberta: scope, configuration, processor)
    case .debertaV2: try self.init(debertaV2: scope, configuration, processor)
    }
  }

  /// The layers of `encoder.layer`, by the names that a family has. Several at once: weights are laid
  /// out, or rounded, as they are read.
  static func layers(
    _ scope: CheckpointScope, names: EncoderLayer.Names, _ configuration: EncoderConfiguration,
    on processor: Processor
  ) throws(TransformerError) -> [EncoderLayer] {
    let count = configuration.layerCount
    let read = Mutex([Int: Result<EncoderLayer, TransformerError>]())
    processor.pool.run(parts: count) { index, _ in
      let layer = Result { () throws(TransformerError) in
        try EncoderLayer(
          scope["encoder.layer"][index], names: names, configuration, processor.kernels)
      }
      read.withLock { $0[index] = layer }
    }
    var layers: [EncoderLayer] = []
    for index in 0..<count {
      guard let layer = read.withLock({ $0[index] }) else { continue }
      layers.append(try layer.get())
    }
    return layers
  }
}
