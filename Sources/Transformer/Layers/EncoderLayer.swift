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
    _ scope: CheckpointScope, names: Names, _ configuration: EncoderConfiguration,
    _ kernels: Kernels
  ) throws(TransformerError) {
    let hidden = configuration.hiddenSize
    let inner = configuration.intermediateSize
    let epsilon = configuration.normEpsilon
    let precision = configuration.precision
    query = try scope[names.query].projection(
      inputs: hidden, outputs: hidden, precision: precision, kernels: kernels)
    key = try scope[names.key].projection(
      inputs: hidden, outputs: hidden, precision: precision, kernels: kernels)
    value = try scope[names.value].projection(
      inputs: hidden, outputs: hidden, precision: precision, kernels: kernels)
    output = try scope[names.output].projection(
      inputs: hidden, outputs: hidden, precision: precision, kernels: kernels)
    outputNorm = try LayerNorm(scope[names.norm], size: hidden, epsilon: epsilon)
    expansion = try scope["intermediate.dense"].projection(
      inputs: hidden, outputs: inner, precision: precision, kernels: kernels)
    contraction = try scope["output.dense"].projection(
      inputs: inner, outputs: hidden, precision: precision, kernels: kernels)
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
    let states = rows.map { workspace.gather($0, of: hidden) } ?? hidden
    workspace.scope {
      let attended = workspace.matrix(rows: states.rows, columns: hidden.columns)
      attend(
        hidden, messages: messages, only: rows, states: states, layer: layer,
        attention: attention, into: attended, workspace, on: processor, observe: observe)
      for start in stride(from: 0, to: states.rows, by: Self.feedForwardRows) {
        let part = start..<min(start + Self.feedForwardRows, states.rows)
        workspace.scope {
          let inner = workspace.matrix(rows: part.count, columns: expansion.outputs)
          observe?(.expansion, attended[rows: part])
          expansion(
            attended[rows: part], activation: activation, into: inner, workspace, on: processor)
          observe?(.contraction, inner)
          contraction(
            inner, residual: attended[rows: part], into: states[rows: part], workspace,
            on: processor)
        }
      }
    }
    processor.stage(.norm) { norm(states, into: states, on: processor) }
    return states
  }

  /// `attended = norm(output(attention(hidden)) + states)`.
  private func attend(
    _ hidden: Matrix, messages: [Range<Int>], only rows: [Int]?, states: Matrix, layer: Int,
    attention: SelfAttention, into attended: Matrix, _ workspace: Workspace,
    on processor: Processor, observe: ((Site, Matrix) -> Void)?
  ) {
    let size = hidden.columns
    workspace.scope {
      let projected = workspace.matrix(rows: hidden.rows, columns: 3 * size)
      let queries = projected[rows: 0..<states.rows][columns: 0..<size]
      let keys = projected[columns: size..<2 * size]
      let values = projected[columns: 2 * size..<3 * size]
      let context = workspace.matrix(rows: states.rows, columns: size)
      observe?(.attentionInput, hidden)
      if rows == nil {
        [query, key, value](hidden, into: [queries, keys, values], workspace, on: processor)
      } else {
        [key, value](hidden, into: [keys, values], workspace, on: processor)
        query(states, into: queries, workspace, on: processor)
      }
      processor.stage(.attention) {
        attention(
          projected, spans: AttentionSpan.spans(of: messages, only: rows), layer: layer,
          into: context, workspace: workspace, on: processor)
      }
      observe?(.attentionOutput, context)
      output(context, residual: states, into: attended, workspace, on: processor)
    }
    processor.stage(.norm) { outputNorm(attended, into: attended, on: processor) }
  }
}
