internal import Safetensors
internal import Tensor

extension CheckpointScope {
  /// The layer under this prefix: prepared in int8, or float weights that become what is asked for.
  func projection(
    inputs: Int, outputs: Int, hasBias: Bool = true, precision: Precision, kernels: Kernels
  ) throws(TransformerError) -> Projection {
    if contains(PreparedLayer.layout) {
      guard precision == .int8 else { throw .preparedForInt8(file: checkpoint.path) }
      return try PreparedLayer.read(
        self, inputs: inputs, outputs: outputs, hasBias: hasBias, kernels: kernels)
    }
    guard precision != .float32 else {
      return .float32(
        try dense(inputs: inputs, outputs: outputs, hasBias: hasBias, kernels: kernels))
    }
    return Projection(
      weights: try matrix("weight", rows: outputs, columns: inputs),
      bias: hasBias ? try vector("bias", outputs) : nil, precision: precision, kernels: kernels)
  }
}
