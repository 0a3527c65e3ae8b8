internal import Safetensors
internal import Tensor

/// What a fine-tuned checkpoint puts on the first token: a dense layer, its activation, and one
/// output for each label.
struct ClassificationHead: Sendable {
  private let dense: DenseWeights
  private let activation: Activation
  private let output: DenseWeights

  var labelCount: Int { output.outputs }

  init(
    _ model: ModelFolder, labelCount: Int, _ kernels: Kernels
  ) throws(TransformerError) {
    let configuration = model.configuration
    let hidden = configuration.hiddenSize
    switch configuration.family {
    case .bert:
      dense = try model.encoderScope()["pooler.dense"].dense(
        inputs: hidden, outputs: hidden, kernels: kernels)
      activation = .tanh
      output = try model.scope["classifier"].dense(
        inputs: hidden, outputs: labelCount, kernels: kernels)
    case .roberta, .mpnet:
      dense = try model.scope["classifier.dense"].dense(
        inputs: hidden, outputs: hidden, kernels: kernels)
      activation = .tanh
      output = try model.scope["classifier.out_proj"].dense(
        inputs: hidden, outputs: labelCount, kernels: kernels)
    case .debertaV2:
      // transformers' ContextPooler.
      dense = try model.scope["pooler.dense"].dense(
        inputs: hidden, outputs: hidden, kernels: kernels)
      activation = try EncoderConfiguration.activation(
        "pooler_hidden_act", default: "gelu", in: model.file)
      output = try model.scope["classifier"].dense(
        inputs: hidden, outputs: labelCount, kernels: kernels)
    }
  }

  /// The token that it looks at, of so many.
  static func token(of count: Int) -> Int { 0 }

  /// - Parameter hidden: `[1, hidden size]`: the state of ``token(of:)``
  /// - Returns: one logit for each label
  func callAsFunction(_ hidden: Matrix, _ kernels: Kernels) -> [Float] {
    let pooled = Matrix(rows: 1, columns: dense.outputs)
    kernels.dense(
      hidden, dense, activation: activation, into: pooled)
    let logits = Matrix(rows: 1, columns: output.outputs)
    kernels.dense(pooled, output, into: logits)
    return logits[row: 0]
  }
}
