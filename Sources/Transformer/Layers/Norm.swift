internal import Safetensors
internal import Tensor

/// A normalisation of each row.
enum Norm: Sendable {
  case layer(LayerNorm)
  case rms(RMSNorm)

  /// `x = norm(x)`, on this thread.
  func callAsFunction(_ x: Matrix, _ kernels: Kernels) {
    switch self {
    case .layer(let norm):
      kernels.layerNorm(x, gain: norm.gain, bias: norm.bias, epsilon: norm.epsilon, into: x)
    case .rms(let norm): kernels.rmsNorm(x, gain: norm.gain, epsilon: norm.epsilon, into: x)
    }
  }

  /// `y = norm(x + residual)`; `y` may be `x`.
  func callAsFunction(
    _ x: Matrix, residual: Matrix? = nil, into y: Matrix, on processor: Processor
  ) {
    switch self {
    case .layer(let norm): norm(x, residual: residual, into: y, on: processor)
    case .rms(let norm): norm(x, residual: residual, into: y, on: processor)
    }
  }
}

/// Layer normalisation with the gain, bias and ε of a checkpoint (arXiv:1607.06450).
struct LayerNorm: Sendable {
  let gain: Matrix
  let bias: Matrix
  let epsilon: Float

  init(
    _ scope: CheckpointScope, size: Int, epsilon: Float, hasBias: Bool = true
  ) throws(TransformerError) {
    // Checkpoints converted from TensorFlow have the older names.
    let isOld = scope.contains("gamma")
    gain = try scope.vector(isOld ? "gamma" : "weight", size)
    bias =
      hasBias
      ? try scope.vector(isOld ? "beta" : "bias", size) : Matrix(rows: 1, columns: size)
    self.epsilon = epsilon
  }

  func callAsFunction(
    _ x: Matrix, residual: Matrix? = nil, into y: Matrix, on processor: Processor
  ) {
    processor.layerNorm(
      x, residual: residual, gain: gain, bias: bias, epsilon: epsilon, into: y)
  }
}

/// Root-mean-square normalisation: `y = x / √(mean(x²) + ε) · gain` (arXiv:1910.07467).
struct RMSNorm: Sendable {
  let gain: Matrix
  let epsilon: Float

  /// - Parameter offset: what is added to the weights of the file
  init(
    _ scope: CheckpointScope, size: Int, epsilon: Float, offset: Float = 0
  ) throws(TransformerError) {
    let weights = try scope.vector("weight", size)
    gain =
      offset == 0 ? weights : Matrix(weights[row: 0].map { $0 + offset }, rows: 1, columns: size)
    self.epsilon = epsilon
  }

  func callAsFunction(
    _ x: Matrix, residual: Matrix? = nil, into y: Matrix, on processor: Processor
  ) {
    if let residual {
      processor.eachRows(of: x.rows) { rows in
        for row in rows { y.set(row: row, from: x, row: row) }
        processor.kernels.add(residual[rows: rows], to: y[rows: rows])
      }
    }
    processor.rmsNorm(residual == nil ? x : y, gain: gain, epsilon: epsilon, into: y)
  }
}
