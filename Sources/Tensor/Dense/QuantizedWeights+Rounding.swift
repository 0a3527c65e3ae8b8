/// Making int8 weights from float32 ones.
extension QuantizedWeights {
  /// Rounds each rotated weight to the nearest of its output's levels.
  ///
  /// - Parameters:
  ///   - weights: `[outputs, inputs]`
  ///   - bias: `[1, outputs]`
  package init(rounding weights: Matrix, bias: Matrix?, bits: Int = 8) {
    let rotated = Self.rotated(weights)
    var integers = IntegerWeights(outputs: weights.rows, inputs: weights.columns, bits: bits)
    for output in 0..<weights.rows {
      let scale = Self.scale(rotated, output: output, levels: integers.levels)
      integers.scales[output] = scale
      for input in 0..<weights.columns {
        integers[output, input] = integers.rounded(rotated[output, input], scale: scale)
      }
    }
    integers.limitGroups()
    self.init(integers, bias: bias)
  }

  /// Packs integers that were chosen before, as by ``WeightRounder``.
  package init(_ integers: IntegerWeights, bias: Matrix?) {
    let (outputs, inputs) = (integers.outputs, integers.inputs)
    let depth = Self.depth(inputs: inputs)
    let width = Self.width(outputs: outputs)
    let offset = integers.bits == 7 ? 64 : 128
    let packed = Storage<UInt8>(count: Self.byteCount(outputs: outputs, inputs: inputs))
    for place in 0..<packed.count { packed[place] = UInt8(offset) }
    let scales = Matrix(rows: 1, columns: width)
    let padded = Matrix(rows: 1, columns: width)
    for output in 0..<outputs {
      scales[0, output] = integers.scales[output]
      padded[0, output] = bias?[0, output] ?? 0
      for input in 0..<inputs {
        packed[Self.place(output: output, input: input, depth: depth)] = UInt8(
          integers[output, input] + offset)
      }
    }
    self.init(
      outputs: outputs, inputs: inputs, bits: integers.bits, packed: packed, scales: scales,
      bias: padded)
  }

  /// `W H / block`, `[outputs, inputs]`.
  package static func rotated(_ weights: Matrix) -> Matrix {
    let factor = 1 / Float(block(inputs: weights.columns))
    let result = Matrix(rows: weights.rows, columns: weights.columns)
    var row = [Float](repeating: 0, count: weights.columns)
    for output in 0..<weights.rows {
      for column in 0..<weights.columns { row[column] = weights[output, column] }
      Kernels.rotate(&row)
      for column in 0..<weights.columns { result[output, column] = row[column] * factor }
    }
    return result
  }

  /// The distance of an output's levels: its greatest magnitude is the last of them. With 7 bits the
  /// groups that AVX2 adds in int16 must keep their limit too: weights of one magnitude, as rotation
  /// makes them of a single large one, get wider levels.
  package static func scale(_ rotated: Matrix, output: Int, levels: Int) -> Float {
    var most: Float = 0
    for input in 0..<rotated.columns { most = max(most, abs(rotated[output, input])) }
    guard levels < 127 else { return most / Float(levels) }
    var largest: Float = 0
    for start in stride(from: 0, to: rotated.columns, by: 16) {
      for lane in [0, 2] {
        var sum: Float = 0
        for line in 0..<4 {
          let first = start + 4 * line + lane
          for input in first..<min(first + 2, max(first, rotated.columns)) {
            sum += abs(rotated[output, input])
          }
        }
        largest = max(largest, sum)
      }
    }
    // Rounding may add half a level to each of the eight.
    return max(most / Float(levels), largest / Float(narrowLimit - 4))
  }
}
