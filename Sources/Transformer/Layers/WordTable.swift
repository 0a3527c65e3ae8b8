internal import Safetensors
internal import Tensor

/// The embeddings of a vocabulary, read where they lie: of a large table a text touches a few rows.
package struct WordTable: Sendable {
  /// The name of the tensor in the checkpoint.
  package let path: String
  let columns: Int
  private let contents: Contents

  private enum Contents: Sendable {
    case float32(Matrix)
    /// float16 or bfloat16, widened row by row.
    case half(StoredTensor)
  }

  init(
    _ scope: CheckpointScope, _ name: String, rows: Int, columns: Int
  ) throws(TransformerError) {
    path = scope.path(name)
    self.columns = columns
    let tensor: StoredTensor
    do { tensor = try scope.tensor(name, shape: [rows, columns]) } catch { throw .weights(error) }
    switch tensor.elementType {
    case .float16, .bfloat16: contents = .half(tensor)
    default: contents = .float32(try scope.matrix(name, rows: rows, columns: columns))
    }
  }

  /// - Parameter table: `[tokens, embedding size]`
  init(_ table: Matrix, path: String) {
    self.path = path
    columns = table.columns
    contents = .float32(table)
  }

  /// Copies the embedding of a token, which is below the number of rows, into a row of `target`.
  func copy(_ id: Int, into target: Matrix, row: Int) {
    switch contents {
    case .float32(let table): target.set(row: row, from: table, row: id)
    case .half(let tensor):
      let isBrain = tensor.elementType == .bfloat16
      unsafe tensor.withUnsafeBytes { bytes in
        unsafe target.withUnsafeMutableRow(row) { target in
          for column in target.indices {
            let place = 2 * (id * columns + column)
            let bits = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)
            unsafe target[column] =
              isBrain ? HalfPrecision.float(bfloat16: bits) : HalfPrecision.float(float16: bits)
          }
        }
      }
    }
  }
}
