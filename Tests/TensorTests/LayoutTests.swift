import Testing

@testable import Tensor

@Suite("How matrices lie in memory")
struct LayoutTests {
  @Test("rows lie an odd number of cache lines apart, and no more than two lines are wasted")
  func spreadStride() {
    for columns in 1...200 {
      let stride = Matrix.spreadStride(columns)
      #expect(stride >= columns && stride < columns + 32)
      #expect(stride % 32 == 16)
    }
  }

  @Test(
    "weights come back from their panels as they were",
    arguments: [InstructionSet.swift] + vectorised,
    [(1, 1), (23, 5), (24, 16), (25, 33), (100, 70)])
  func panels(_ set: InstructionSet, _ shape: (outputs: Int, inputs: Int)) {
    var generator = Generator(state: 40)
    let weights = generator.matrix(shape.outputs, shape.inputs, stride: shape.inputs + 3)
    let bias = generator.matrix(1, shape.outputs)
    let layer = DenseWeights(weights: weights, bias: bias, kernels: Kernels(set))
    #expect(bits(layer.matrix) == bits(weights))
    #expect(layer.bias.map(bits) == bits(bias))
    #expect(DenseWeights(weights: weights, bias: nil, kernels: Kernels(set)).bias == nil)
  }

  @Test
  func `weights laid out for other kernels are refused`() async {
    await #expect(processExitsWith: .failure) {
      let weights = Matrix(rows: 50, columns: 40)
      Kernels(.generic).dense(
        Matrix(rows: 5, columns: 40),
        DenseWeights(weights: weights, bias: nil, kernels: Kernels(.swift)),
        into: Matrix(rows: 5, columns: 50))
    }
  }

  @Test("a range of outputs is what all of them hold there", arguments: vectorised)
  func outputs(_ set: InstructionSet) {
    var generator = Generator(state: 42)
    let kernels = Kernels(set)
    let layer = DenseWeights(
      weights: generator.matrix(100, 30), bias: generator.matrix(1, 100), kernels: kernels)
    let x = generator.matrix(9, 30)
    let whole = Matrix(rows: 9, columns: 100)
    kernels.dense(x, layer, into: whole)
    for start in stride(from: 0, to: 100, by: layer.panel) {
      let range = start..<min(start + 2 * layer.panel, 100)
      let part = Matrix(rows: 9, columns: range.count)
      kernels.dense(x, layer, outputs: range, into: part)
      #expect(bits(part) == bits(whole[columns: range]))
    }
  }

  @Test(
    "no rows, no outputs and no inputs", arguments: [InstructionSet.swift, .openblas] + vectorised)
  func empty(_ set: InstructionSet) {
    var generator = Generator(state: 44)
    let kernels = Kernels(set)
    let weights = generator.matrix(100, 30)
    kernels.dense(
      Matrix(rows: 0, columns: 30), DenseWeights(weights: weights, bias: nil, kernels: kernels),
      into: Matrix(rows: 0, columns: 100))
    kernels.dense(
      generator.matrix(3, 30),
      DenseWeights(weights: weights[rows: 0..<0], bias: nil, kernels: kernels),
      into: Matrix(rows: 3, columns: 0))
    let bias = generator.matrix(1, 100)
    let y = Matrix(rows: 3, columns: 100)
    kernels.dense(
      Matrix(rows: 3, columns: 0),
      DenseWeights(weights: weights[columns: 0..<0], bias: bias, kernels: kernels), into: y)
    for row in 0..<3 { #expect(y[row: row] == bias[row: 0]) }
  }

  @Test(
    "runs slide along the rows of a matrix, or along its only one",
    arguments: [InstructionSet.swift] + vectorised, [-1, 0, 2])
  func slide(_ set: InstructionSet, _ step: Int) {
    var generator = Generator(state: 43)
    let start = step < 0 ? 7 : 1
    for rows in [1, 4] {
      let x = generator.matrix(rows, 40)
      let before = generator.matrix(4, 20)
      for accumulate in [false, true] {
        let y = Matrix(before.elements, rows: 4, columns: 20)
        Kernels(set).slide(x, from: start, step: step, into: y, accumulate: accumulate)
        for row in 0..<4 {
          for column in 0..<20 {
            let value = x[rows == 1 ? 0 : row, start + row * step + column]
            #expect(y[row, column] == (accumulate ? before[row, column] + value : value))
          }
        }
      }
    }
  }
}
