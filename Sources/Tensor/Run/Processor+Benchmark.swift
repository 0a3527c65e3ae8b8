/// Rates of matrix products, for benchmarks: billions of multiply-adds a second of all threads.
extension Processor {
  /// On data in the first caches. No forward pass can exceed it.
  public func peak(_ precision: Precision) -> Double {
    let (rows, inputs, outputs, repetitions) = (32, 768, 96, 1000)
    let weights = Matrix(rows: outputs, columns: inputs)
    let layer = DenseWeights(weights: weights, bias: nil, kernels: kernels)
    let quantized = QuantizedWeights(rounding: weights, bias: nil, bits: 7)
    return Self.best(of: 8, multiplyAdds: repetitions * pool.threads * rows * inputs * outputs) {
      pool.run(parts: pool.threads) { _, _ in
        let x = Matrix(rows: rows, columns: inputs)
        let y = Matrix(rows: rows, columns: outputs)
        let integers = QuantizedRows(rows: rows, columns: inputs, digits: 1)
        for _ in 0..<repetitions {
          switch precision {
          case .float32: kernels.dense(x, layer, into: y)
          case .int8:
            kernels.dense(integers, rows: 0..<rows, quantized, columns: 0..<outputs, into: y)
          }
        }
      }
    }
  }

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
