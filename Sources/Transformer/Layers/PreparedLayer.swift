internal import Safetensors
internal import Tensor

/// The format of a linear layer `name` in a prepared model's file. In place of `name.weight` it has
///
/// - `name.int8.weight` U8 `[outputs / 16, inputs / 4, 16, 4]`: packed as the kernels read them,
///   outputs rounded up to 16 and inputs to 64, each weight plus 64 (7 bits) or 128 (8 bits);
/// - `name.int8.scale` F32 `[outputs rounded up to 16]`;
/// - `name.int8.layout` I64 `[bits, digits, narrow]`;
/// - `name.bias` F32 `[outputs]`, which makes up for the change of the mean output by rounding. A layer
///   without a bias gets one.
///
/// A layer that stays in float32 has its weights as they were, and the layout `[32, 0, 0]`.
package enum PreparedLayer {
  package static let weights = "int8.weight"
  package static let scales = "int8.scale"
  package static let layout = "int8.layout"
  package static let float32 = [32, 0, 0]

  package static func shape(outputs: Int, inputs: Int) -> [Int] {
    [
      QuantizedWeights.width(outputs: outputs) / 16, QuantizedWeights.depth(inputs: inputs) / 4, 16,
      4,
    ]
  }

  /// The layer under a prefix; nil where it stays in float32.
  static func read(
    _ scope: CheckpointScope, inputs: Int, outputs: Int, hasBias: Bool
  ) throws(TransformerError) -> Projection? {
    let layout: [Int]
    do {
      layout = try scope.tensor(Self.layout, shape: [3], types: [.int64]).int64s().map { Int($0) }
    } catch {
      throw .weights(error)
    }
    if layout == float32 { return nil }
    let width = QuantizedWeights.width(outputs: outputs)
    let stored: (packed: StoredTensor, scales: [Float], bias: [Float])
    do {
      stored = (
        try scope.tensor(
          weights, shape: shape(outputs: outputs, inputs: inputs), types: [.uint8]),
        try scope.floats(scales, shape: [width]),
        hasBias || scope.contains("bias") ? try scope.floats("bias", shape: [outputs]) : []
      )
    } catch {
      throw .weights(error)
    }
    let (bits, digits) = (layout[0], layout[1])
    guard (7...8).contains(bits), (1...2).contains(digits) else {
      throw .inconsistent(
        file: scope.checkpoint.path, reason: "\(scope.path(Self.layout)) has \(layout)")
    }
    let bias = Matrix(rows: 1, columns: width)
    for (column, value) in stored.bias.enumerated() { bias[0, column] = value }
    return .int8(
      QuantizedWeights(
        outputs: outputs, inputs: inputs, bits: bits,
        packed: unsafe stored.packed.withUnsafeBytes { bytes in
          unsafe Storage(
            borrowing: bytes.bindMemory(to: UInt8.self), owner: TensorOwner(stored.packed))
        },
        scales: Matrix(stored.scales, rows: 1, columns: width), bias: bias,
        isNarrow: layout[2] == 1),
      digits: digits)
  }
}
