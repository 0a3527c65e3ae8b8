@testable import Tensor

extension KernelCalls {
  static let int8: [KernelCalls] = [
    KernelCalls("quantisation", make: quantize),
    KernelCalls("int8 dense", make: int8Dense),
    KernelCalls("int8 dense of extremes", make: int8Extremes),
  ]

  /// Rows and columns around the tiles, inputs around every block of the rotation.
  private static let int8Shapes = [
    (1, 1, 1), (2, 3, 4), (3, 17, 20), (5, 16, 64), (4, 40, 96), (12, 15, 40), (17, 33, 128),
    (3, 16, 768), (70, 18, 2112), (33, 70, 192),
  ].map { Shape(rows: $0.0, columns: $0.1, depth: $0.2) }

  @Sendable private static func quantize() -> [KernelCall] {
    var generator = Generator(state: 31)
    return int8Shapes.flatMap { shape in
      [1, 2].map { digits in
        let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 5)
        // Rows of zeros, of almost nothing, of one value, with what is not finite, out of range.
        for (row, value) in ([0, 1e-38, -3, .nan, .infinity, -.infinity, 3e38] as [Float])
          .enumerated()
        where row + 1 < shape.rows {
          for column in 0..<shape.depth where value.isFinite || column == shape.depth / 2 {
            x[row + 1, column] = value
          }
        }
        return quantize(x, digits: digits, shape)
      }
    }
  }

  private static func quantize(_ x: Matrix, digits: Int, _ shape: Shape) -> KernelCall {
    let first = 2
    let rows = QuantizedRows(rows: first + shape.rows + 1, columns: shape.depth, digits: digits)
    swiftKernels.quantize(
      x, into: rows, first: first, scratch: Matrix(rows: 1, columns: shape.depth))
    return KernelCall(
      .quantize, "\(shape.description), \(digits) digits",
      numbers: [
        shape.rows, shape.depth, x.stride, rows.capacity, rows.depth, digits, first,
      ],
      arrays: [x.words],
      expected: [
        .init(words: rows.valueWords, isFloat: false), .init(words: rows.sumWords, isFloat: false),
        .init(words: rows.scaleWords),
      ])
  }

  @Sendable private static func int8Dense() -> [KernelCall] {
    var generator = Generator(state: 32)
    return int8Shapes.flatMap { shape in
      [(7, 1), (8, 1), (7, 2), (8, 2)].map { bits, digits in
        let x = generator.matrix(shape.rows, shape.depth)
        if shape.rows > 2 {
          for column in 0..<shape.depth { x[1, column] = 0 }
          x[2, shape.depth / 2] = .nan
        }
        let weights = QuantizedWeights(
          rounding: generator.matrix(shape.columns, shape.depth),
          bias: generator.matrix(1, shape.columns), bits: bits)
        let first = 1
        let rows = QuantizedRows(
          rows: first + shape.rows, columns: shape.depth, digits: digits)
        swiftKernels.quantize(
          x, into: rows, first: first,
          scratch: Matrix(rows: 1, columns: shape.depth))
        let activation = Activation.all[(bits + 2 * digits + shape.columns) % Activation.all.count]
        let residual = generator.matrix(shape.rows, shape.columns, stride: shape.columns + 1)
        return int8Dense(
          rows, first: first, count: shape.rows, weights, activation: activation,
          residual: digits == 1 ? residual : nil)
      }
    }
  }

  /// Every product as large as bytes allow, also −128 · −128, where a sum that saturates would show.
  @Sendable private static func int8Extremes() -> [KernelCall] {
    let (outputs, inputs, count) = (40, 4096, 13)
    return [1, 2].map { digits in
      let rows = QuantizedRows(rows: count, columns: inputs, digits: digits)
      let packed = Storage<UInt8>(
        count: QuantizedWeights.byteCount(outputs: outputs, inputs: inputs))
      let width = QuantizedWeights.width(outputs: outputs)
      let one = Matrix(rows: 1, columns: width)
      one.fill(1)
      for input in 0..<inputs {
        for output in 0..<width {
          let place = QuantizedWeights.place(output: output, input: input, depth: inputs)
          packed[place] = [0, 255, input % 2 == 0 ? 0 : 255, input % 3 == 0 ? 255 : 1][output % 4]
        }
        for row in 0..<count {
          let values = [-128, 127, input % 2 == 0 ? -128 : 127, input % 3 == 0 ? 127 : -127]
          rows[row, input] = digits == 1 ? values[row % 4] : values[row % 4] * 127 + 63
        }
      }
      for row in 0..<count { rows[scaleOf: row] = row == 3 ? .nan : 1 }
      let weights = QuantizedWeights(
        outputs: outputs, inputs: inputs, bits: 8, packed: packed, scales: one,
        bias: Matrix(rows: 1, columns: width))
      return int8Dense(rows, first: 0, count: count, weights, activation: .none, residual: nil)
    }
  }

  private static func int8Dense(
    _ rows: QuantizedRows, first: Int, count: Int, _ weights: QuantizedWeights,
    activation: Activation, residual: Matrix?
  ) -> KernelCall {
    let y = Matrix.result(count, weights.outputs)
    let before = y.words
    swiftKernels.dense(
      rows, rows: first..<first + count, weights, columns: 0..<weights.outputs,
      activation: activation, residual: residual, into: y)
    let values = (0..<weights.packed.count / 4).map { word in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(weights.packed[4 * word + $1]) << (8 * $1) }
    }
    return KernelCall(
      .int8Dense,
      "\(count) × \(weights.outputs) × \(weights.inputs), \(weights.bits) bits, "
        + "\(rows.digits) digits, \(activation)",
      numbers: [
        count, first, rows.capacity, rows.depth, rows.digits, weights.outputs, weights.offset,
        weights.isNarrow ? 1 : 0, residual?.stride ?? 0, y.stride, activation.number,
      ],
      arrays: [
        rows.valueWords, rows.sumWords, rows.scaleWords, values, weights.scales.words,
        weights.bias.words, residual?.words ?? [], before,
      ],
      expected: [.init(words: y.words)])
  }
}

extension QuantizedRows {
  private func byte(_ place: Int) -> UInt32 {
    let (plane, column) = (place / depth, place % depth)
    guard column < columns else { return 0 }
    let value = digit(plane / capacity, plane % capacity, column)
    return UInt32(UInt8(truncatingIfNeeded: value))
  }

  /// The digits as they lie in memory, four in a word.
  fileprivate var valueWords: [UInt32] {
    (0..<digits * capacity * depth / 4).map { word in
      (0..<4).reduce(UInt32(0)) { $0 | byte(4 * word + $1) << (8 * $1) }
    }
  }

  /// The sums of each row's digits.
  fileprivate var sumWords: [UInt32] {
    (0..<digits * capacity).map { plane in
      let sum = (0..<columns).reduce(0) { $0 + digit(plane / capacity, plane % capacity, $1) }
      return UInt32(bitPattern: Int32(sum))
    }
  }

  fileprivate var scaleWords: [UInt32] { (0..<capacity).map { self[scaleOf: $0].bitPattern } }
}
