internal import Safetensors
internal import Tensor

extension Workspace {
  /// `y = activation(x · weightsᵀ + bias) + residual` of each layer. All have one precision.
  func apply(
    _ layers: [Projection], to x: Matrix, activation: Activation = .none, residual: Matrix? = nil,
    into outputs: [Matrix], on processor: Processor
  ) {
    processor.stage(.dense) {
      multiply(
        layers, x, activation: activation, residual: residual, into: outputs, on: processor)
    }
  }

  private func multiply(
    _ layers: [Projection], _ x: Matrix, activation: Activation, residual: Matrix?,
    into outputs: [Matrix], on processor: Processor
  ) {
    var floats: [DenseWeights] = []
    var integers: [QuantizedWeights] = []
    var digits = 1
    for layer in layers {
      switch layer {
      case .float32(let weights): floats.append(weights)
      case .int8(let weights, let count):
        integers.append(weights)
        digits = max(digits, count)
      }
    }
    guard !integers.isEmpty else {
      processor.dense(x, floats, activation: activation, residual: residual, into: outputs)
      return
    }
    precondition(floats.isEmpty && integers.allSatisfy { $0.inputs == x.columns })
    let rows = quantizedRows(x.rows, columns: x.columns, digits: digits)
    processor.quantize(
      x, into: rows,
      scratch: matrix(.rotated, rows: processor.pool.threads, columns: x.columns))
    processor.dense(rows, integers, activation: activation, residual: residual, into: outputs)
  }
}

extension CheckpointScope {
  /// The layer under this prefix: prepared in int8, or float weights that become what is asked for.
  func projection(
    inputs: Int, outputs: Int, hasBias: Bool = true, precision: Precision
  ) throws(TransformerError) -> Projection {
    if contains(PreparedLayer.layout) {
      guard precision == .int8 else { throw .preparedForInt8(file: checkpoint.path) }
      return try PreparedLayer.read(self, inputs: inputs, outputs: outputs, hasBias: hasBias)
    }
    guard precision != .float32 else {
      return .float32(try dense(inputs: inputs, outputs: outputs, hasBias: hasBias))
    }
    return Projection(
      weights: try matrix("weight", rows: outputs, columns: inputs),
      bias: hasBias ? try vector("bias", outputs) : nil, precision: precision)
  }
}
