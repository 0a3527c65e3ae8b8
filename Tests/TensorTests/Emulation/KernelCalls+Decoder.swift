@testable import Tensor

/// The kernels that encoders with decoder layers need.
extension KernelCalls {
  @Sendable static func rmsNorm() -> [KernelCall] {
    each(seed: 29) { shape, generator, hasExtremes in
      let x = generator.matrix(shape.rows, shape.depth, stride: shape.depth + 2)
      let gain = generator.matrix(1, shape.depth)
      if hasExtremes { generator.disturb(x[rows: 0..<1], with: Generator.extremes) }
      let y = Matrix.result(shape.rows, shape.depth)
      let before = y.words
      let epsilon: Float = 1e-6
      swiftKernels.rmsNorm(x, gain: gain, epsilon: epsilon, into: y)
      return KernelCall(
        .rmsNorm, shape.description,
        numbers: [shape.rows, shape.depth, x.stride, y.stride, Int(epsilon.bitPattern)],
        arrays: [x.words, gain.words, before], expected: [.init(words: y.words)])
    }
  }

  @Sendable static func gates() -> [KernelCall] {
    var generator = Generator(state: 30)
    return Activation.all.flatMap { activation in
      [1, 15, 16, 17, 1000].map { count in
        let (x, factors) = (generator.matrix(1, count), generator.matrix(1, count))
        generator.disturb(x, with: Generator.extremes)
        let y = Matrix(rows: 1, columns: count)
        let before = y.words
        swiftKernels.gate(x, by: factors, activation, into: y)
        return KernelCall(
          .gate, "\(activation) of \(count)", numbers: [activation.number],
          arrays: [x.words, factors.words, before], expected: [.init(words: y.words)])
      }
    }
  }

  @Sendable static func rotatePairs() -> [KernelCall] {
    var generator = Generator(state: 31)
    return [(1, 1, 2), (3, 2, 16), (5, 3, 64), (7, 2, 80), (3, 4, 6), (2, 1, 34)].map {
      (rows, heads, size) in
      let x = generator.matrix(rows, heads * size, stride: heads * size + 3)
      let cosines = generator.matrix(rows, size / 2, stride: size / 2 + 1)
      let sines = generator.matrix(rows, size / 2, stride: size / 2 + 1)
      generator.disturb(x, with: Generator.extremes)
      let before = x.words
      swiftKernels.rotatePairs(x, heads: heads, cosines: cosines, sines: sines)
      return KernelCall(
        .rotatePairs, "\(rows) × \(heads) × \(size)",
        numbers: [rows, heads, size, x.stride, cosines.stride],
        arrays: [before, cosines.words, sines.words], expected: [.init(words: x.words)])
    }
  }
}
