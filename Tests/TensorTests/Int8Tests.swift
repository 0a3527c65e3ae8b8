import Testing

@testable import Tensor

@Suite("Int8 products are exact, and the same on every instruction set")
struct Int8Tests {
  struct Case: Sendable, CustomTestStringConvertible {
    let set: InstructionSet
    let rows: Int
    let outputs: Int
    let inputs: Int
    let bits: Int
    let digits: Int
    var testDescription: String {
      "\(set) \(rows) × \(outputs) × \(inputs), \(bits) bits, \(digits) digits"
    }
  }

  static let cases = vectorised.flatMap { set in
    [
      (1, 1, 1), (2, 3, 4), (3, 17, 20), (5, 16, 64), (4, 40, 96), (17, 33, 128), (3, 16, 768),
      (70, 18, 2112),
    ]
    .flatMap { shape in
      [(7, 1), (8, 1), (7, 2), (8, 2)].map {
        Case(
          set: set, rows: shape.0, outputs: shape.1, inputs: shape.2, bits: $0.0, digits: $0.1)
      }
    }
  }

  private func run(
    _ kernels: Kernels, _ x: Matrix, _ weights: QuantizedWeights, digits: Int,
    residual: Matrix? = nil, activation: Activation = .none
  ) -> (QuantizedRows, Matrix) {
    let rows = QuantizedRows(rows: x.rows, columns: x.columns, digits: digits)
    kernels.quantize(
      x, into: rows, first: 0, scratch: Matrix(rows: 1, columns: x.columns))
    let y = Matrix(rows: x.rows, columns: weights.outputs)
    kernels.dense(
      rows, rows: 0..<x.rows, weights, columns: 0..<weights.outputs, activation: activation,
      residual: residual, into: y)
    return (rows, y)
  }

  @Test("same bits as the Swift kernels", arguments: cases)
  func sameBits(_ test: Case) {
    var generator = Generator(state: 7)
    let x = generator.matrix(test.rows, test.inputs, stride: test.inputs + 5)
    let weights = QuantizedWeights(
      rounding: generator.matrix(test.outputs, test.inputs),
      bias: generator.matrix(1, test.outputs), bits: test.bits)
    #expect(weights.isNarrow == (test.bits == 7))
    let residual = generator.matrix(test.rows, test.outputs)
    let expected = run(
      swiftKernels, x, weights, digits: test.digits, residual: residual, activation: .gelu)
    let actual = run(
      Kernels(test.set), x, weights, digits: test.digits, residual: residual, activation: .gelu)
    for row in 0..<test.rows {
      #expect(
        actual.0[scaleOf: row].bitPattern == expected.0[scaleOf: row].bitPattern)
      for column in 0..<test.inputs {
        #expect(actual.0[row, column] == expected.0[row, column])
      }
    }
    #expect(bits(actual.1) == bits(expected.1))
  }

  @Test("extremes do not saturate", arguments: vectorised, [7, 8])
  func extremes(_ set: InstructionSet, _ bits: Int) {
    // Every product of the same sign and as large as it can be: the inputs are signs once they are
    // rotated.
    let inputs = 4096
    var integers = IntegerWeights(outputs: 32, inputs: inputs, bits: bits)
    let signs = (0..<inputs).map { $0 % 3 == 0 ? -1 : 1 }
    for output in 0..<32 {
      integers.scales[output] = 1
      for input in 0..<inputs {
        integers[output, input] = (output % 2 == 0 ? 1 : -1) * signs[input] * integers.levels
      }
    }
    let largest = integers
    integers.limitGroups()
    for integers in [largest, integers] {
      let weights = QuantizedWeights(integers, bias: nil)
      let x = Matrix(rows: 3, columns: inputs)
      // The inverse of the rotation: the transform is its own, with the signs behind it.
      var rotated = signs.enumerated().map { Float(Kernels.isNegative($0) ? -$1 : $1) }
      Kernels.rotate(&rotated)
      for index in rotated.indices where Kernels.isNegative(index) { rotated[index].negate() }
      for row in 0..<3 { x.set(row: row, to: rotated) }
      let (rows, y) = run(Kernels(set), x, weights, digits: 1)
      #expect(rows[0, 0] == -127 && rows[2, 1] == 127)
      for output in 0..<32 {
        let sum = (0..<inputs).reduce(0) { $0 + integers[output, $1] * 127 * signs[$1] }
        for row in 0..<3 { #expect(y[row, output] == Float(sum) * rows[scaleOf: row]) }
      }
    }
  }

  @Test("a row of zeros gives the bias", arguments: [InstructionSet.swift] + vectorised)
  func zeros(_ set: InstructionSet) {
    var generator = Generator(state: 8)
    let (weights, bias) = (generator.matrix(20, 32), generator.matrix(1, 20))
    let (_, y) = run(
      Kernels(set), Matrix(rows: 2, columns: 32), QuantizedWeights(rounding: weights, bias: bias),
      digits: 1)
    #expect(y[row: 1] == bias[row: 0])
  }

  @Test(
    "a row with NaN or infinity is NaN, its neighbours are not",
    arguments: [InstructionSet.swift] + vectorised, [Float.nan, .infinity, -.infinity])
  func notFinite(_ set: InstructionSet, _ value: Float) {
    var generator = Generator(state: 9)
    let weights = generator.matrix(20, 32)
    let x = generator.matrix(3, 32)
    x[1, 7] = value
    let (_, y) = run(Kernels(set), x, QuantizedWeights(rounding: weights, bias: nil), digits: 1)
    #expect(y[row: 1].filter(\.isNaN).count == 20)
    #expect((y[row: 0] + y[row: 2]).filter(\.isFinite).count == 40)
  }

  @Test("the rotated, rounded product is near the exact one", arguments: [(7, 1), (8, 1), (8, 2)])
  func accuracy(_ bits: Int, _ digits: Int) {
    var generator = Generator(state: 10)
    let (weights, bias) = (generator.matrix(64, 768), generator.matrix(1, 64))
    let x = generator.matrix(9, 768)
    // A channel that takes the whole range of an unrotated row.
    for row in 0..<9 { x[row, 5] = 60 }
    let exact = Matrix(rows: 9, columns: 64)
    swiftKernels.dense(
      x, DenseWeights(weights: weights, bias: bias, kernels: swiftKernels), into: exact)
    let (_, y) = run(
      swiftKernels, x, QuantizedWeights(rounding: weights, bias: bias, bits: bits), digits: digits)
    var error: Float = 0
    var power: Float = 0
    for (actual, expected) in zip(y.elements, exact.elements) {
      error += (actual - expected) * (actual - expected)
      power += expected * expected
    }
    #expect((error / power).squareRoot() < (bits == 7 ? 0.03 : 0.015))
  }
}
