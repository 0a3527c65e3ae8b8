import RealModule
import Testing

@testable import Tensor

/// A seeded generator, so that a failure can be repeated (SplitMix64, Steele et al. 2014).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func matrix(_ rows: Int, _ columns: Int, stride: Int? = nil) -> Matrix {
    let stride = stride ?? columns
    let matrix = Matrix(
      storage: Storage<Float>(count: rows * stride), rows: rows, columns: columns, stride: stride)
    for row in 0..<rows {
      for column in 0..<columns { matrix[row, column] = element() }
    }
    return matrix
  }

  /// A number from −2 up to 2, in steps of 2⁻²². Not by `Float.random`, whose generic code takes most of
  /// a test's time where tests are compiled without optimisation.
  private mutating func element() -> Float { Float(Int(next() >> 40) - (1 << 23)) * 0x1p-22 }
}

/// The vectorised kernels that this CPU runs.
let vectorised = InstructionSet.allCases.filter {
  $0.isSupported && $0 != .swift && $0 != .openblas
}
let swiftKernels = Kernels(.swift)

func bits(_ matrix: Matrix) -> [UInt32] { matrix.elements.map(\.bitPattern) }

@Suite("Every instruction set gives the bits of the Swift kernels")
struct InstructionSetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let set: InstructionSet
    let rows: Int
    let columns: Int
    let depth: Int
    var testDescription: String { "\(set) \(rows) × \(columns) × \(depth)" }
  }

  static let cases = vectorised.flatMap { set in
    [
      (1, 1, 1), (1, 5, 3), (2, 3, 16), (3, 2, 17), (4, 7, 31), (5, 16, 64), (6, 17, 65),
      (7, 33, 100), (13, 20, 200), (4, 5, 1500), (3, 4, 3000), (1, 130, 70), (25, 100, 150),
      (65, 40, 9), (170, 17, 300),
    ].map { Case(set: set, rows: $0.0, columns: $0.1, depth: $0.2) }
  }

  @Test("dense", arguments: cases)
  func dense(_ test: Case) {
    var generator = Generator(state: 1)
    let x = generator.matrix(test.rows, test.depth, stride: test.depth + 3)
    let weights = generator.matrix(test.columns, test.depth)
    let bias = generator.matrix(1, test.columns)
    let residual = generator.matrix(test.rows, test.columns)
    for activation in [Activation.none, .gelu, .relu] {
      let expected = Matrix(rows: test.rows, columns: test.columns)
      let actual = Matrix(rows: test.rows, columns: test.columns)
      for (kernels, y) in [(swiftKernels, expected), (Kernels(test.set), actual)] {
        kernels.dense(
          x, DenseWeights(weights: weights, bias: bias, kernels: kernels), activation: activation,
          residual: residual, into: y)
      }
      #expect(bits(actual) == bits(expected))
    }
  }

  @Test(arguments: cases.filter { $0.set == vectorised.first })
  func `products of OpenBLAS are near those of the Swift kernels`(_ test: Case) {
    var generator = Generator(state: 9)
    let x = generator.matrix(test.rows, test.depth, stride: test.depth + 3)
    let weights = generator.matrix(test.columns, test.depth, stride: test.depth + 1)
    let bias = generator.matrix(1, test.columns)
    let residual = generator.matrix(test.rows, test.columns)
    let processors = [InstructionSet.swift, .openblas].map {
      Processor(instructionSet: $0, threads: 2)
    }
    let results = processors.map { processor in
      let y = Matrix(rows: test.rows, columns: test.columns)
      let layer = DenseWeights(weights: weights, bias: bias, kernels: processor.kernels)
      #expect(bits(layer.matrix) == bits(weights))
      processor.dense(x, layer, activation: .gelu, residual: residual, into: y)
      let workspace = Workspace()
      let right = workspace.matrix(rows: test.columns, columns: test.rows)
      let product = workspace.matrix(rows: test.rows, columns: test.rows)
      processor.kernels.transpose(y, into: right)
      processor.kernels.multiply(y, right, scale: 0.5, into: product)
      return y.elements + product.elements
    }
    for (found, expected) in zip(results[1], results[0]) {
      #expect(
        abs(found - expected) <= 2e-5 * max(1, abs(expected)) * Float(test.depth).squareRoot())
    }
  }

  @Test("multiply", arguments: cases)
  func multiply(_ test: Case) {
    var generator = Generator(state: 2)
    let width = (test.columns + 15) / 16 * 16
    let a = generator.matrix(test.rows, test.depth)
    let b = generator.matrix(test.depth, test.columns, stride: width)
    let results = [swiftKernels, Kernels(test.set)].map { kernels in
      let c = Matrix(
        storage: Storage<Float>(count: test.rows * width), rows: test.rows, columns: test.columns,
        stride: width)
      kernels.multiply(a, b, scale: 0.3, into: c)
      return bits(c)
    }
    #expect(results[0] == results[1])
  }

  @Test("layer norm and softmax", arguments: cases)
  func rows(_ test: Case) {
    var generator = Generator(state: 3)
    let x = generator.matrix(test.rows, test.depth)
    let residual = generator.matrix(test.rows, test.depth)
    let gain = generator.matrix(1, test.depth)
    let bias = generator.matrix(1, test.depth)
    let results = [swiftKernels, Kernels(test.set)].map { kernels in
      let y = Matrix(rows: test.rows, columns: test.depth)
      kernels.layerNorm(x, residual: residual, gain: gain, bias: bias, epsilon: 1e-5, into: y)
      let norm = bits(y)
      kernels.softmax(y)
      return norm + bits(y)
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: cases)
  func `rms norm and gates`(_ test: Case) {
    var generator = Generator(state: 10)
    let x = generator.matrix(test.rows, test.depth, stride: test.depth + 5)
    let factors = generator.matrix(test.rows, test.depth, stride: test.depth + 1)
    let gain = generator.matrix(1, test.depth)
    for activation in [Activation.none, .silu, .gelu, .geluTanh] {
      let results = [swiftKernels, Kernels(test.set)].map { kernels in
        let y = Matrix(rows: test.rows, columns: test.depth)
        kernels.rmsNorm(x, gain: gain, epsilon: 1e-6, into: y)
        kernels.gate(y, by: factors, activation, into: y)
        return bits(y)
      }
      #expect(results[0] == results[1])
    }
  }

  @Test(arguments: vectorised, [(1, 1, 2), (5, 3, 64), (7, 2, 80), (3, 4, 6), (2, 1, 34)])
  func `rotation of pairs`(_ set: InstructionSet, _ shape: (rows: Int, heads: Int, size: Int)) {
    var generator = Generator(state: 11)
    let stride = shape.size / 2 + 3
    let cosines = generator.matrix(shape.rows, shape.size / 2, stride: stride)
    let sines = generator.matrix(shape.rows, shape.size / 2, stride: stride)
    let x = generator.matrix(shape.rows, shape.heads * shape.size)
    let results = [swiftKernels, Kernels(set)].map { kernels in
      let turned = x.copy()
      kernels.rotatePairs(turned, heads: shape.heads, cosines: cosines, sines: sines)
      return bits(turned)
    }
    #expect(results[0] == results[1])
  }

  @Test(
    "activations", arguments: vectorised,
    [Activation.relu, .gelu, .geluTanh, .tanh, .silu, .logistic])
  func activations(_ set: InstructionSet, _ activation: Activation) {
    var generator = Generator(state: 4)
    var values = (0..<999).map { _ in Float.random(in: -12...12, using: &generator) }
    values += [0, -0.0, 100, -100, 1e-30, -1e-30, .infinity, -.infinity]
    let results = [swiftKernels, Kernels(set)].map { kernels in
      let x = Matrix(values, rows: 1, columns: values.count)
      kernels.activate(x, activation)
      return bits(x)
    }
    #expect(results[0] == results[1])
  }

  @Test("dense layers in float64, row by row and together", arguments: cases)
  func float64(_ test: Case) {
    var generator = Generator(state: 8)
    let layer = generator.weights64(inputs: test.depth, outputs: test.columns)
    let x = generator.doubles(test.rows * test.depth)
    let expected = swiftKernels.dense(x, rows: test.rows, layer)
    let kernels = Kernels(test.set)
    #expect(kernels.dense(x, rows: test.rows, layer) == expected)
    let alone = (0..<test.rows).flatMap { row in
      kernels.dense(Array(x[row * test.depth..<(row + 1) * test.depth]), rows: 1, layer)
    }
    #expect(alone == expected)
  }

  @Test("transpose, with and without accumulation", arguments: cases)
  func transpose(_ test: Case) {
    var generator = Generator(state: 5)
    let x = generator.matrix(test.rows, test.depth)
    for accumulate in [false, true] {
      let results = [swiftKernels, Kernels(test.set)].map { kernels in
        let y = Matrix(rows: test.depth, columns: test.rows)
        y.fill(1)
        kernels.transpose(x, into: y, accumulate: accumulate)
        return bits(y)
      }
      #expect(results[0] == results[1])
    }
  }
}

@Suite("Elementary functions are within a few ULP")
struct ElementaryFunctionTests {
  private func worst(
    _ range: ClosedRange<Float>, _ function: (SIMD16<Float>) -> SIMD16<Float>,
    _ exact: (Double) -> Double
  ) -> Double {
    var worst = 0.0
    var generator = Generator(state: 6)
    for _ in 0..<20_000 {
      var x = SIMD16<Float>()
      for lane in 0..<16 { x[lane] = Float.random(in: range, using: &generator) }
      let y = function(x)
      for lane in 0..<16 {
        let expected = exact(Double(x[lane]))
        let unit = Double(Float(expected).ulp)
        worst = max(worst, abs(Double(y[lane]) - expected) / unit)
      }
    }
    return worst
  }

  @Test("exp within 1.1") func exponential() {
    let error = worst(-87...88, VectorMath.exp, Double.exp)
    #expect(error < 1.1)
  }

  @Test("erf within 1.2") func errorFunction() {
    let error = worst(-5...5, VectorMath.erf, Double.erf)
    #expect(error < 1.2)
    let nearZero = worst(-1e-3...1e-3, VectorMath.erf, Double.erf)
    #expect(nearZero < 1.2)
  }

  @Test("tanh within 3") func hyperbolicTangent() {
    let error = worst(-10...10, VectorMath.tanh, Double.tanh)
    #expect(error < 3)
  }

  @Test("GELU is x · Φ(x)") func gelu() {
    let exact = { (x: Double) in 0.5 * x * (1 + Double.erf(x / 2.0.squareRoot())) }
    for x in stride(from: Float(-6), through: 6, by: 0.01) {
      let y = VectorMath.activate(SIMD16(repeating: x), .gelu)[0]
      #expect(abs(Double(y) - exact(Double(x))) < 2e-7 * max(1, Double(abs(x))))
    }
  }
}

@Suite struct DefinitionTests {
  @Test
  func `rms norm divides a row by the root of its mean square`() {
    let x = Matrix([3, -4, 0, 0, 1, 1, 1, 1], rows: 2, columns: 4)
    let gain = Matrix([1, 2, 1, 1], rows: 1, columns: 4)
    let y = Matrix(rows: 2, columns: 4)
    swiftKernels.rmsNorm(x, gain: gain, epsilon: 0, into: y)
    // √((9 + 16) / 4) = 2.5
    #expect(y[row: 0] == [1.2, -3.2, 0, 0])
    #expect(y[row: 1] == [1, 2, 1, 1])
    swiftKernels.rmsNorm(x, gain: gain, epsilon: 3, into: y)
    #expect(y[row: 1] == [0.5, 1, 0.5, 0.5])
  }

  @Test
  func `a gate multiplies what the activation lets through`() {
    let x = Matrix([-2, 0, 1, 3], rows: 2, columns: 2)
    let factors = Matrix([5, 6, 7, 8], rows: 2, columns: 2)
    let y = Matrix(rows: 2, columns: 2)
    swiftKernels.gate(x, by: factors, .relu, into: y)
    #expect(y.elements == [0, 0, 7, 24])
    swiftKernels.gate(x, by: factors, .silu, into: y)
    for (found, (x, factor)) in zip(y.elements, zip(x.elements, factors.elements)) {
      #expect(abs(found - x / (1 + Float.exp(-x)) * factor) < 1e-5)
    }
  }

  @Test
  func `pairs are a half of the head apart and turn by their angle`() {
    // A quarter turn of the first pair, none of the second, in two heads.
    let x = Matrix([1, 2, 3, 4, 5, 6, 7, 8], rows: 1, columns: 8)
    swiftKernels.rotatePairs(
      x, heads: 2, cosines: Matrix([0, 1], rows: 1, columns: 2),
      sines: Matrix([1, 0], rows: 1, columns: 2))
    #expect(x.elements == [-3, 2, 1, 4, -7, 6, 5, 8])
  }

  @Test
  func `after rotation the product of two vectors depends on their distance alone`() {
    var generator = Generator(state: 12)
    let (query, key) = (generator.matrix(1, 16), generator.matrix(1, 16))
    func product(_ first: Int, _ second: Int) -> Float {
      let turned = [(query, first), (key, second)].map { vector, position in
        let angles = (0..<8).map { Float(position) * Float.pow(10_000, -Float($0) / 8) }
        let turned = vector.copy()
        swiftKernels.rotatePairs(
          turned, heads: 1, cosines: Matrix(angles.map { .cos($0) }, rows: 1, columns: 8),
          sines: Matrix(angles.map { .sin($0) }, rows: 1, columns: 8))
        return turned.elements
      }
      return zip(turned[0], turned[1]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(product(5, 3) - product(105, 103)) < 1e-3)
    #expect(abs(product(5, 3) - product(5, 4)) > 1e-3)
  }
}
