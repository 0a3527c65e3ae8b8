extension Processor {
  /// Rotates and quantises `x` into the first rows of `result`, rows shared out among the threads.
  ///
  /// - Parameter scratch: `[threads, columns]`
  package func quantize(_ x: Matrix, into result: QuantizedRows, scratch: Matrix) {
    precondition(scratch.rows >= pool.threads)
    let step = max(2, (x.rows + 4 * pool.threads - 1) / (4 * pool.threads))
    pool.run(parts: (x.rows + step - 1) / step) { part, worker in
      let range = part * step..<min((part + 1) * step, x.rows)
      kernels.quantize(
        x[rows: range], into: result, first: range.lowerBound,
        scratch: scratch[rows: worker..<worker + 1])
    }
  }

  /// `y = activation(x · weightsᵀ + bias) + residual` of several layers on the first rows of one
  /// input as one job. `residual` is added to each output.
  package func dense(
    _ x: QuantizedRows, _ layers: [QuantizedWeights], activation: Activation = .none,
    residual: Matrix? = nil, into outputs: [Matrix]
  ) {
    precondition(layers.count == outputs.count)
    let rows = outputs.first?.rows ?? 0
    shareOut(layers.map { ($0.outputs, $0.tile(rows: rows, threads: pool.threads)) }) {
      index, range in
      kernels.dense(
        x, rows: 0..<rows, layers[index], columns: range, activation: activation,
        residual: residual?[columns: range], into: outputs[index][columns: range])
    }
  }
}

extension QuantizedWeights {
  /// As ``DenseWeights/tile(rows:threads:)``: some tens of microseconds of work, in whole lines of columns,
  /// and at least four parts for each thread where there are so many.
  func tile(rows: Int, threads: Int) -> Int {
    let work = 1 << 22
    let shared = (outputs + 4 * threads - 1) / (4 * threads)
    return (min(max(min(work / max(1, rows * inputs), shared), 32), 256) + 15) / 16 * 16
  }
}
