internal import CKernels

extension Kernels {
  /// `x · W + b` in float64: `[rows, inputs]` to `[rows, outputs]`. The sum of an output runs over the
  /// inputs in their order, from 0, by fused multiply-adds, and takes the bias last; it is the same bits
  /// whatever the number of rows and on every instruction set.
  package func dense(_ x: [Double], rows: Int, _ layer: DenseWeights64) -> [Double] {
    precondition(x.count == rows * layer.inputs)
    guard let table = unsafe table, rows > 0, layer.outputs > 0 else {
      return swiftDense(x, rows: rows, layer)
    }
    let packedRows = rows == 1 || layer.outputs <= 8 ? 0 : min(rows + 7, Int(CK_DENSE64_ROWS))
    return unsafe withUnsafeTemporaryAllocation(
      of: Double.self, capacity: packedRows * layer.inputs
    ) { packed in
      unsafe [Double](unsafeUninitializedCapacity: rows * layer.outputs) { y, count in
        unsafe x.withUnsafeBufferPointer { x in
          unsafe layer.bias.withUnsafeBufferPointer { bias in
            unsafe layer.panels.withUnsafeBytes { panels in
              unsafe table.pointee.dense64(
                x.baseAddress, panels.baseAddress?.assumingMemoryBound(to: Double.self),
                bias.baseAddress, y.baseAddress, packed.baseAddress, rows, layer.outputs,
                layer.inputs)
            }
          }
        }
        count = rows * layer.outputs
      }
    }
  }
}
