internal import CKernels

/// Weights of a dense layer in int8, one scale for each output, packed as the dot-product
/// instructions want them.
///
/// The layer's input is rotated before it is quantised: `H = s · (h ⊕ … ⊕ h) · (1 − 2/p · J)`. Signs s,
/// so that a constant part of all channels spreads too; Hadamard matrices h of order
/// ``block(inputs:)``; a reflection across the p blocks, whose entries for p = 3 are 1/3 and −2/3. So
/// a few large channels of the input are spread over all of it. These are the weights `W H / block`;
/// the product is the same, since H Hᵀ = block · 1. (After QuaRot, arXiv:2404.00456.)
package struct QuantizedWeights: Sendable {
  package let outputs: Int
  package let inputs: Int
  /// 7: magnitudes up to 63; 8: up to 127.
  package let bits: Int
  /// Whether AVX2 may add four pairs in int16: see `avx2.c`.
  package let isNarrow: Bool
  /// Each weight plus ``offset``: `[outputs / 16, depth / 4, 16, 4]`, both rounded up.
  package let packed: Storage<UInt8>
  /// `[1, outputs rounded up to 16]`
  package let scales: Matrix
  /// `[1, outputs rounded up to 16]`
  package let bias: Matrix

  /// Inputs rounded up to 64.
  package var depth: Int { Self.depth(inputs: inputs) }
  package var offset: Int { bits == 7 ? 64 : 128 }

  package static func depth(inputs: Int) -> Int { (inputs + 63) / 64 * 64 }
  package static func width(outputs: Int) -> Int { (outputs + 15) / 16 * 16 }

  /// Bytes of the packed weights.
  package static func byteCount(outputs: Int, inputs: Int) -> Int {
    width(outputs: outputs) * depth(inputs: inputs)
  }

  /// Order of the Hadamard matrices: the greatest power of two that divides a width.
  static func block(inputs: Int) -> Int { inputs & -inputs }

  /// Weights that were packed before, say in a file.
  ///
  /// - Parameter isNarrow: nil: found out, which reads every weight. A false promise makes wrong sums.
  package init(
    outputs: Int, inputs: Int, bits: Int, packed: Storage<UInt8>, scales: Matrix,
    bias: Matrix, isNarrow: Bool? = nil
  ) {
    precondition(packed.count == Self.byteCount(outputs: outputs, inputs: inputs))
    precondition(scales.rows == 1 && scales.columns == Self.width(outputs: outputs))
    precondition(bias.rows == 1 && bias.columns == Self.width(outputs: outputs))
    precondition((7...8).contains(bits))
    self.outputs = outputs
    self.inputs = inputs
    self.bits = bits
    self.packed = packed
    self.scales = scales
    self.bias = bias
    self.isNarrow = bits == 7 && (isNarrow ?? Self.isNarrow(packed))
  }

  /// Sums of magnitudes that stay within int16 when multiplied by 127.
  static let narrowLimit = 258

  /// Whether every group of 8 weights that AVX2 adds in int16 is within the limit, and every weight
  /// within 7 bits.
  private static func isNarrow(_ packed: Storage<UInt8>) -> Bool {
    // A group: two neighbours in depth, in four lines running.
    unsafe packed.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: 256) {
        for pair in stride(from: 0, to: 64, by: 2) {
          var sum = 0
          for line in 0..<4 {
            let place = start + 64 * line + pair
            guard unsafe bytes[place] < 128, unsafe bytes[place + 1] < 128 else { return false }
            sum += unsafe abs(Int(bytes[place]) - 64) + abs(Int(bytes[place + 1]) - 64)
          }
          if sum > narrowLimit { return false }
        }
      }
      return true
    }
  }

  /// Place of a weight in ``packed``.
  static func place(output: Int, input: Int, depth: Int) -> Int {
    ((output / 16 * (depth / 4) + input / 4) * 16 + output % 16) * 4 + input % 4
  }

  /// A weight as an integer, without the offset.
  package subscript(output: Int, input: Int) -> Int {
    Int(packed[Self.place(output: output, input: input, depth: depth)]) - offset
  }

  /// Columns `range` of the output; the range starts at a multiple of 16.
  @unsafe func description(_ range: Range<Int>) -> ck_int8_weights {
    precondition(range.lowerBound % 16 == 0 && range.upperBound <= outputs)
    return unsafe ck_int8_weights(
      values: packed.base + range.lowerBound * depth,
      scales: scales.base + range.lowerBound, bias: bias.base + range.lowerBound,
      columns: range.count, depth: depth, offset: Int32(offset), narrow: isNarrow)
  }
}
