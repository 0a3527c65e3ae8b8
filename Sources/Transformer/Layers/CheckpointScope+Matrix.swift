internal import Safetensors
internal import Tensor

/// Tensors as the layers want them: float32 matrices, looked at where they lie if the file has them
/// so, and widened if it has them as float16 or bfloat16.
extension CheckpointScope {
  func matrix(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> Matrix {
    try matrix(name, shape: [rows, columns], rows: rows, columns: columns)
  }

  /// `[1, count]`
  func vector(_ name: String, _ count: Int) throws(TransformerError) -> Matrix {
    try matrix(name, shape: [count], rows: 1, columns: count)
  }

  func dense(
    inputs: Int, outputs: Int, hasBias: Bool = true, kernels: Kernels
  ) throws(TransformerError) -> DenseWeights {
    let weights = DenseWeights(
      weights: try matrix("weight", rows: outputs, columns: inputs),
      bias: hasBias ? try vector("bias", outputs) : nil, kernels: kernels)
    // They have been copied.
    (try? tensor("weight", shape: [outputs, inputs]))?.advise(.doNotNeed)
    return weights
  }

  func matrix(
    _ name: String, shape: [Int], rows: Int, columns: Int
  ) throws(TransformerError) -> Matrix {
    do {
      let tensor = try tensor(name, shape: shape)
      if tensor.elementType == .float32, tensor.isAligned {
        return unsafe tensor.withUnsafeBytes { bytes in
          Matrix(
            storage: unsafe Storage<Float>(
              borrowing: bytes.bindMemory(to: Float.self), owner: TensorOwner(tensor)),
            rows: rows, columns: columns)
        }
      }
      return Matrix(try tensor.floats(), rows: rows, columns: columns)
    } catch {
      throw .weights(error)
    }
  }
}

/// Keeps the mapping of a tensor that a matrix or bytes look into.
final class TensorOwner: Sendable {
  let tensor: StoredTensor
  init(_ tensor: StoredTensor) { self.tensor = tensor }
}
