internal import Safetensors
internal import Tensor

/// Attention, then a feed-forward network, each added to its input and normalised: the block of
/// every family here. (Vaswani et al. 2017, arXiv:1706.03762, with the norm behind.)
struct EncoderLayer: Sendable {
  var query: Projection
  var key: Projection
  var value: Projection
  var output: Projection
  let outputNorm: LayerNorm
  var expansion: Projection
  var contraction: Projection
  let norm: LayerNorm

  /// Where a family's checkpoints keep the parts of attention.
  struct Names {
    let query: String
    let key: String
    let value: String
    let output: String
    let norm: String
  }

  init(
    _ scope: CheckpointScope, names: Names, _ configuration: EncoderConfiguration
  ) throws(TransformerError) {
    let hidden = configuration.hiddenSize
    let inner = configuration.intermediateSize
    let epsilon = configuration.normEpsilon
    let precision = configuration.precision
    query = try scope[names.query].projection(
      inputs: hidden, outputs: hidden, precision: precision)
    key = try scope[names.key].projection(
      inputs: hidden, outputs: hidden, precision: precision)
    value = try scope[names.value].projection(
      inputs: hidden, outputs: hidden, precision: precision)
    output = try scope[names.output].projection(
      inputs: hidden, outputs: hidden, precision: precision)
    outputNorm = try LayerNorm(scope[names.norm], size: hidden, epsilon: epsilon)
    expansion = try scope["intermediate.dense"].projection(
      inputs: hidden, outputs: inner, precision: precision)
    contraction = try scope["output.dense"].projection(
      inputs: inner, outputs: hidden, precision: precision)
    norm = try LayerNorm(scope["output.LayerNorm"], size: hidden, epsilon: epsilon)
  }

  /// Rows that go through the feed-forward network together, so that its wide part stays small.
  private static let feedForwardRows = 1024

  /// The inputs that weights are multiplied with.
  enum Site: String, CaseIterable {
    case attentionInput = "attention input"
    case attentionOutput = "attention output"
    case expansion
    case contraction
  }

  /// Replaces `hidden`, `[tokens, hidden size]`, by the layer's output.
  ///
  /// - Parameters:
  ///   - rows: the one token of each message whose output is wanted; nil: all. The others take part
  ///     with their keys and values only.
  ///   - observe: is shown the inputs of each site
  /// - Returns: the output: `hidden` itself, or `[messages, hidden size]`
  func callAsFunction(
    _ hidden: Matrix, messages: [Range<Int>], only rows: [Int]? = nil, layer: Int,
    attention: SelfAttention, activation: Activation, workspace: Workspace,
    on processor: Processor, observe: ((Site, Matrix) -> Void)? = nil
  ) -> Matrix {
    let size = hidden.columns
    let states = rows.map { workspace.gather($0, of: hidden, into: .someHidden) } ?? hidden
    let projected = workspace.matrix(.queries, rows: hidden.rows, columns: 3 * size)
    let queries = projected[rows: 0..<states.rows][columns: 0..<size]
    let keys = projected[columns: size..<2 * size]
    let values = projected[columns: 2 * size..<3 * size]
    let context = workspace.matrix(.context, rows: states.rows, columns: size)
    let attended = workspace.matrix(.attended, rows: states.rows, columns: size)
    observe?(.attentionInput, hidden)
    if rows == nil {
      workspace.apply(
        [query, key, value], to: hidden, into: [queries, keys, values], on: processor)
    } else {
      workspace.apply([key, value], to: hidden, into: [keys, values], on: processor)
      workspace.apply([query], to: states, into: [queries], on: processor)
    }
    processor.stage(.attention) {
      attention(
        projected, spans: AttentionSpan.spans(of: messages, only: rows), layer: layer,
        into: context, workspace: workspace, on: processor)
    }
    observe?(.attentionOutput, context)
    workspace.apply([output], to: context, residual: states, into: [attended], on: processor)
    processor.stage(.norm) { outputNorm(attended, into: attended, on: processor) }

    for start in stride(from: 0, to: states.rows, by: Self.feedForwardRows) {
      let part = start..<min(start + Self.feedForwardRows, states.rows)
      let inner = workspace.matrix(
        .intermediate, rows: part.count, columns: expansion.outputs)
      observe?(.expansion, attended[rows: part])
      workspace.apply(
        [expansion], to: attended[rows: part], activation: activation, into: [inner], on: processor)
      observe?(.contraction, inner)
      workspace.apply(
        [contraction], to: inner, residual: attended[rows: part], into: [states[rows: part]],
        on: processor)
    }
    processor.stage(.norm) { norm(states, into: states, on: processor) }
    return states
  }
}
