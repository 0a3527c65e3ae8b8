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
    let bias = hasBias ? try vector("bias", outputs) : nil
    return try matrix("weight", rows: outputs, columns: inputs) {
      DenseWeights(weights: $0, bias: bias, kernels: kernels)
    }
  }

  func matrix(
    _ name: String, shape: [Int], rows: Int, columns: Int
  ) throws(TransformerError) -> Matrix {
    do {
      return try tensor(name, shape: shape).matrix(rows: rows, columns: columns)
    } catch {
      throw .weights(error)
    }
  }

  /// Copies a matrix that is looked at where it lies, and gives its pages back.
  func matrix<Result>(
    _ name: String, rows: Int, columns: Int, copied copy: (Matrix) -> Result
  ) throws(TransformerError) -> Result {
    do {
      let tensor = try tensor(name, shape: [rows, columns])
      let result = copy(try tensor.matrix(rows: rows, columns: columns))
      tensor.advise(.doNotNeed)
      return result
    } catch {
      throw .weights(error)
    }
  }
}

extension StoredTensor {
  /// The elements, `[rows, columns]`.
  func matrix(rows: Int, columns: Int) throws(SafetensorsError) -> Matrix {
    guard elementType == .float32, isAligned else {
      return Matrix(try floats(), rows: rows, columns: columns)
    }
    return unsafe withUnsafeBytes { bytes in
      Matrix(
        storage: unsafe Storage<Float>(
          borrowing: bytes.bindMemory(to: Float.self), owner: TensorOwner(self)),
        rows: rows, columns: columns)
    }
  }
}

/// Keeps the mapping of a tensor that a matrix or bytes look into.
final class TensorOwner: Sendable {
  let tensor: StoredTensor
  init(_ tensor: StoredTensor) { self.tensor = tensor }
}
