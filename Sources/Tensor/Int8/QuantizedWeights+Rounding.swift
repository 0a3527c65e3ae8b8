/// Making int8 weights from float32 ones.
extension QuantizedWeights {
  /// Rounds each rotated weight to the nearest of its output's levels.
  ///
  /// - Parameters:
  ///   - weights: `[outputs, inputs]`
  ///   - bias: `[1, outputs]`
  public init(rounding weights: Matrix, bias: Matrix?, bits: Int = 8) {
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

  /// Packs integers that somebody has chosen.
  public init(_ integers: IntegerWeights, bias: Matrix?) {
    let (outputs, inputs) = (integers.outputs, integers.inputs)
    let depth = Self.depth(inputs: inputs)
    let width = Self.width(outputs: outputs)
    let offset = integers.bits == 7 ? 64 : 128
    let packed = ByteStorage(count: Self.byteCount(outputs: outputs, inputs: inputs))
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
  public static func rotated(_ weights: Matrix) -> Matrix {
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
  public static func scale(_ rotated: Matrix, output: Int, levels: Int) -> Float {
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

/// Weights as integers, before they are packed.
public struct IntegerWeights: Sendable {
  public let outputs: Int
  public let inputs: Int
  public let bits: Int
  public var scales: [Float]
  private var values: [Int8]

  public init(outputs: Int, inputs: Int, bits: Int) {
    precondition((7...8).contains(bits))
    self.outputs = outputs
    self.inputs = inputs
    self.bits = bits
    scales = Array(repeating: 0, count: outputs)
    values = Array(repeating: 0, count: outputs * inputs)
  }

  /// The greatest magnitude.
  public var levels: Int { bits == 7 ? 63 : 127 }

  public subscript(output: Int, input: Int) -> Int {
    get { Int(values[output * inputs + input]) }
    set { values[output * inputs + input] = Int8(newValue) }
  }

  /// The nearest level; 0 where the scale is 0 or the weight is not a number.
  public func rounded(_ weight: Float, scale: Float) -> Int {
    let level = (weight / scale).rounded(.toNearestOrEven)
    guard scale > 0, level.isFinite else { return 0 }
    return Int(max(-Float(levels), min(Float(levels), level)))
  }

  /// Takes the groups of 8 that AVX2 adds in int16 back to their limit, from the largest weight
  /// down. Of weights that spread like a normal distribution one group in some ten thousand is
  /// touched.
  public mutating func limitGroups() {
    guard bits == 7 else { return }
    let groups = Self.groups(inputs: inputs)
    for output in 0..<outputs {
      for group in groups {
        var sum = group.reduce(0) { $0 + abs(self[output, $1]) }
        while sum > QuantizedWeights.narrowLimit,
          let largest = group.max(by: { abs(self[output, $0]) < abs(self[output, $1]) })
        {
          self[output, largest] -= self[output, largest].signum()
          sum -= 1
        }
      }
    }
  }

  /// The inputs that AVX2 adds in int16: two neighbours of each of four lines.
  static func groups(inputs: Int) -> [[Int]] {
    stride(from: 0, to: inputs, by: 16).flatMap { start in
      [0, 2].map { lane in
        [0, 1, 4, 5, 8, 9, 12, 13].map { start + lane + $0 }.filter { $0 < inputs }
      }
    }
  }
}
