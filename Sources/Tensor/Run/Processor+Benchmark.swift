/// Rates of matrix products, for benchmarks: billions of multiply-adds a second of all threads.
extension Processor {
  /// Of a dense layer in float32, its outputs shared out among the threads.
  public func rate(rows: Int, inputs: Int, outputs: Int) -> Double {
    let layer = DenseWeights(
      weights: Matrix(rows: outputs, columns: inputs), bias: nil, kernels: kernels)
    let (x, y) = (Matrix(rows: rows, columns: inputs), Matrix(rows: rows, columns: outputs))
    return Self.best(of: 30, multiplyAdds: rows * inputs * outputs) { dense(x, layer, into: y) }
  }

  /// Of the same layer in int8, from float inputs to float outputs.
  public func rate(rows: Int, inputs: Int, outputs: Int, bits: Int, digits: Int) -> Double {
    let weights = QuantizedWeights(
      rounding: Matrix(rows: outputs, columns: inputs), bias: nil, bits: bits)
    let layer = [Projection.int8(weights, digits: digits)]
    let (x, y) = (Matrix(rows: rows, columns: inputs), Matrix(rows: rows, columns: outputs))
    let workspace = Workspace()
    return Self.best(of: 30, multiplyAdds: rows * inputs * outputs) {
      layer(x, into: [y], workspace, on: self)
    }
  }

  /// Of the same product as one call of OpenBLAS, on as many of its own threads.
  public func libraryRate(rows: Int, inputs: Int, outputs: Int) -> Double {
    let weights = Matrix(rows: outputs, columns: inputs)
    let (x, y) = (Matrix(rows: rows, columns: inputs), Matrix(rows: rows, columns: outputs))
    return OpenBLAS.withThreads(pool.threads) {
      Self.best(of: 30, multiplyAdds: rows * inputs * outputs) {
        OpenBLAS.multiply(x, transposed: weights, into: y)
      }
    }
  }

  private static func best(
    of runs: Int, multiplyAdds: Int, _ body: () -> Void
  ) -> Double {
    let times = (0..<runs).map { _ in
      let start = ContinuousClock.now
      body()
      return (ContinuousClock.now - start) / .seconds(1)
    }
    return Double(multiplyAdds) / (times.min() ?? .infinity) / 1e9
  }
}

/// The rate of matrix products on data in the first caches, which no forward pass can exceed.
public struct PeakRate {
  private let processor: Processor
  private let precision: Precision
  private let floats: DenseWeights
  private let integers: QuantizedWeights

  private static let (rows, inputs, outputs) = (32, 768, 96)
  /// Parts of a sample for each thread, and products of a part: some milliseconds together. The threads share
  /// the parts out as they do those of a layer.
  private static let (parts, repetitions) = (8, 12)

  public init(_ precision: Precision, of processor: Processor) {
    self.processor = processor
    self.precision = precision
    let weights = Matrix(rows: Self.outputs, columns: Self.inputs)
    floats = DenseWeights(weights: weights, bias: nil, kernels: processor.kernels)
    integers = QuantizedWeights(rounding: weights, bias: nil, bits: 7)
  }

  /// Billions of multiply-adds a second of all threads, now.
  public func sample() -> Double {
    let count = Self.parts * processor.threads
    let start = ContinuousClock.now
    processor.pool.run(parts: count) { _, _ in
      let x = Matrix(rows: Self.rows, columns: Self.inputs)
      let y = Matrix(rows: Self.rows, columns: Self.outputs)
      let quantized = QuantizedRows(rows: Self.rows, columns: Self.inputs, digits: 1)
      for _ in 0..<Self.repetitions {
        switch precision {
        case .float32: processor.kernels.dense(x, floats, into: y)
        case .int8:
          processor.kernels.dense(
            quantized, rows: 0..<Self.rows, integers, columns: 0..<Self.outputs, into: y)
        }
      }
    }
    let multiplyAdds = count * Self.repetitions * Self.rows * Self.inputs * Self.outputs
    return Double(multiplyAdds) / ((ContinuousClock.now - start) / .seconds(1)) / 1e9
  }
}
