import Synchronization
import Testing

@testable import Tensor

/// Calls of a kernel that go together.
final class KernelCalls: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let make: @Sendable () -> [KernelCall]
  private let made = Mutex<[KernelCall]?>(nil)

  init(_ name: String, make: @Sendable @escaping () -> [KernelCall]) {
    testDescription = name
    self.make = make
  }

  /// Made once, for every CPU: the Swift kernels take their time.
  var calls: [KernelCall] {
    made.withLock { made in
      let calls = made ?? make()
      made = calls
      return calls
    }
  }

  struct Shape: Sendable {
    let rows: Int
    let columns: Int
    let depth: Int
    var description: String { "\(rows) × \(columns) × \(depth)" }
  }

  /// Around every width of a register, of a tile and of a block of depth.
  static let shapes = [
    (1, 1, 1), (1, 5, 3), (2, 3, 16), (3, 2, 17), (4, 7, 31), (5, 16, 64), (6, 17, 65),
    (7, 33, 100), (13, 20, 200), (12, 50, 48), (4, 5, 1500), (3, 25, 3000), (70, 26, 800),
    (1, 250, 70), (29, 100, 150),
  ].map { Shape(rows: $0.0, columns: $0.1, depth: $0.2) }

  static let float: [KernelCalls] = [
    KernelCalls("dense", make: dense),
    KernelCalls("multiply", make: multiply),
    KernelCalls("layer norm", make: layerNorm),
    KernelCalls("RMS norm", make: rmsNorm),
    KernelCalls("gates", make: gates),
    KernelCalls("rotation of pairs", make: rotatePairs),
    KernelCalls("softmax", make: softmax),
    KernelCalls("activations", make: activations),
    KernelCalls("add", make: add),
    KernelCalls("transpose", make: transpose),
    KernelCalls("dense in float64", make: dense64),
  ]

  /// Each shape with numbers of ordinary size and, where it is small, with extremes among them.
  static func each(
    seed: UInt64, _ body: (Shape, inout Generator, _ hasExtremes: Bool) -> KernelCall
  ) -> [KernelCall] {
    var generator = Generator(state: seed)
    return shapes.flatMap { shape in
      [false, true].filter { !$0 || shape.rows * shape.columns < 200 }.map {
        body(shape, &generator, $0)
      }
    }
  }

  @Sendable private static func dense() -> [KernelCall] {
    [Activation.none, .gelu, .relu].flatMap { activation in
      each(seed: 21) { shape, generator, hasExtremes in
        let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 3)
        let weights = generator.matrix(shape.columns, shape.depth)
        let hasBias = activation != .relu
        let bias = generator.matrix(1, shape.columns)
        let residual = generator.matrix(shape.rows, shape.columns, stride: shape.columns + 1)
        if hasExtremes { generator.disturb(x, with: Generator.extremes) }
        let y = Matrix.result(shape.rows, shape.columns)
        let before = y.words
        swiftKernels.dense(
          x,
          DenseWeights(
            weights: weights, bias: hasBias ? bias : nil, kernels: swiftKernels),
          activation: activation, residual: hasBias ? residual : nil, into: y)
        return KernelCall(
          .dense, "\(shape.description) \(activation)",
          numbers: [
            shape.rows, shape.columns, shape.depth, x.stride, weights.stride, residual.stride,
            y.stride, activation.number,
          ],
          arrays: [
            x.words, weights.words, hasBias ? bias.words : [], hasBias ? residual.words : [],
            before,
          ],
          expected: [.init(words: y.words)])
      }
    }
  }

  @Sendable private static func multiply() -> [KernelCall] {
    each(seed: 22) { shape, generator, hasExtremes in
      let width = (shape.columns + 15) / 16 * 16
      let a = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 1)
      let b = generator.matrix(shape.depth, shape.columns, stride: width)
      if hasExtremes { generator.disturb(a, with: Generator.extremes) }
      let c = Matrix.result(shape.rows, shape.columns, stride: width + 16)
      let before = c.words
      let scale: Float = 0.3
      swiftKernels.multiply(a, b, scale: scale, into: c)
      // Up to the next multiple of 16 columns the kernel may leave what it likes.
      let expected = c.words.enumerated().map { place, word in
        (shape.columns..<width).contains(place % c.stride) ? nil : word
      }
      return KernelCall(
        .multiply, shape.description,
        numbers: [
          shape.rows, shape.columns, shape.depth, a.stride, b.stride, c.stride,
          Int(scale.bitPattern),
        ],
        arrays: [a.words, b.words, before], expected: [.init(words: expected)])
    }
  }

  @Sendable private static func layerNorm() -> [KernelCall] {
    [false, true].flatMap { hasResidual in
      each(seed: 23) { shape, generator, hasExtremes in
        let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 2)
        let residual = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 1)
        let gain = generator.matrix(1, shape.depth)
        let bias = generator.matrix(1, shape.depth)
        if hasExtremes { generator.disturb(x[rows: 0..<1], with: Generator.extremes) }
        let y = Matrix.result(shape.rows, shape.depth)
        let before = y.words
        let epsilon: Float = 1e-5
        swiftKernels.layerNorm(
          x, residual: hasResidual ? residual : nil, gain: gain, bias: bias, epsilon: epsilon,
          into: y)
        return KernelCall(
          .layerNorm, shape.description,
          numbers: [
            shape.rows, shape.depth, x.stride, residual.stride, y.stride, Int(epsilon.bitPattern),
          ],
          arrays: [
            x.words, hasResidual ? residual.words : [], gain.words, bias.words, before,
          ],
          expected: [.init(words: y.words)])
      }
    }
  }

  @Sendable private static func softmax() -> [KernelCall] {
    each(seed: 24) { shape, generator, hasExtremes in
      let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 2)
      if hasExtremes { generator.disturb(x, with: Generator.extremes) }
      let before = x.words
      swiftKernels.softmax(x)
      return KernelCall(
        .softmax, shape.description, numbers: [shape.rows, shape.depth, x.stride],
        arrays: [before], expected: [.init(words: x.words)])
    }
  }

  @Sendable private static func activations() -> [KernelCall] {
    var generator = Generator(state: 25)
    return Activation.all.flatMap { activation in
      [1, 15, 16, 17, 4000].map { count in
        let scale: Float = count == 4000 ? 8 : 1
        let x = generator.matrix(1, count)
        for column in 0..<count { x[0, column] *= scale }
        generator.disturb(x, with: Generator.extremes)
        let before = x.words
        swiftKernels.activate(x, activation)
        return KernelCall(
          .activate, "\(activation) of \(count)", numbers: [activation.number], arrays: [before],
          expected: [.init(words: x.words)])
      }
    }
  }

  @Sendable private static func add() -> [KernelCall] {
    var generator = Generator(state: 26)
    return [1, 15, 16, 33, 500].map { count in
      let (x, y) = (generator.matrix(1, count), generator.matrix(1, count))
      generator.disturb(x, with: Generator.extremes)
      generator.disturb(y, with: Generator.extremes)
      let before = y.words
      swiftKernels.add(x, to: y)
      return KernelCall(
        .add, "\(count)", numbers: [], arrays: [x.words, before],
        expected: [.init(words: y.words)])
    }
  }

  @Sendable private static func transpose() -> [KernelCall] {
    [false, true].flatMap { accumulate in
      each(seed: 27) { shape, generator, hasExtremes in
        let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 2)
        if hasExtremes { generator.disturb(x, with: Generator.extremes) }
        let y = Matrix.result(shape.depth, shape.rows)
        let before = y.words
        swiftKernels.transpose(x, into: y, accumulate: accumulate)
        return KernelCall(
          .transpose, shape.description,
          numbers: [shape.rows, shape.depth, x.stride, y.stride, accumulate ? 1 : 0],
          arrays: [x.words, before], expected: [.init(words: y.words)])
      }
    }
  }

  @Sendable private static func dense64() -> [KernelCall] {
    var generator = Generator(state: 28)
    // More rows than are packed together, and more depth than a part of it has.
    return (shapes + [Shape(rows: 170, columns: 17, depth: 300)]).map { shape in
      let layer = generator.weights64(inputs: shape.depth, outputs: shape.columns)
      let x = generator.doubles(shape.rows * shape.depth)
      let y = swiftKernels.dense(x, rows: shape.rows, layer)
      let panels = layer.panels.flatMap { panel in (0..<8).map { panel[$0] } }
      return KernelCall(
        .dense64, shape.description, numbers: [shape.rows, shape.columns, shape.depth],
        arrays: [
          words(x), words(panels), words(layer.bias),
          words([Double](repeating: 77, count: y.count)),
        ], expected: [.init(words: words(y), isFloat: false)])
    }
  }

  /// The lower half of each first.
  private static func words(_ values: [Double]) -> [UInt32] {
    values.flatMap { value in
      let bits = value.bitPattern
      return [UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32)]
    }
  }
}

extension Generator {
  mutating func doubles(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double.random(in: -2...2, using: &self) }
  }

  mutating func weights64(inputs: Int, outputs: Int) -> DenseWeights64 {
    DenseWeights64(weights: doubles(inputs * outputs), bias: doubles(outputs), inputs: inputs)
  }
}
