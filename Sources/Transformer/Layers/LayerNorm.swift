internal import Safetensors
internal import Tensor

/// Layer normalisation with the gain, bias and ε of a checkpoint.
struct LayerNorm: Sendable {
  let gain: Matrix
  let bias: Matrix
  let epsilon: Float

  init(_ scope: CheckpointScope, size: Int, epsilon: Float) throws(TransformerError) {
    // Checkpoints converted from TensorFlow have the older names.
    let isOld = scope.contains("gamma")
    gain = try scope.vector(isOld ? "gamma" : "weight", size)
    bias = try scope.vector(isOld ? "beta" : "bias", size)
    self.epsilon = epsilon
  }

  /// `y = norm(x + residual)`; `y` may be `x`.
  func callAsFunction(
    _ x: Matrix, residual: Matrix? = nil, into y: Matrix, on processor: Processor
  ) {
    processor.layerNorm(
      x, residual: residual, gain: gain, bias: bias, epsilon: epsilon, into: y)
  }
}
