/// The kernels of float32 in plain Swift. They define the results: the vectorised ones are held to
/// their bits. Rows are read sixteen elements at a time, since that is the order of their sums.
extension Kernels {
  /// Elements `start ..< start + 16` of a row, those behind its end `fill`.
  private func load(_ x: Matrix, _ row: Int, _ start: Int, fill: Float = 0) -> SIMD16<Float> {
    var vector = SIMD16<Float>(repeating: fill)
    for lane in 0..<min(16, x.columns - start) { vector[lane] = x[row, start + lane] }
    return vector
  }

  private func store(_ vector: SIMD16<Float>, _ y: Matrix, _ row: Int, _ start: Int) {
    for lane in 0..<min(16, y.columns - start) { y[row, start + lane] = vector[lane] }
  }

  /// Calls `body` with the start of each sixteen elements of a row.
  private func vectors(_ columns: Int, _ body: (Int) -> Void) {
    for start in stride(from: 0, to: columns, by: 16) { body(start) }
  }

  func swiftDense(
    _ x: Matrix, _ weights: DenseWeights, outputs: Range<Int>, activation: Activation,
    residual: Matrix?, into y: Matrix
  ) {
    for start in stride(from: outputs.lowerBound, to: outputs.upperBound, by: weights.panel) {
      let count = min(weights.panel, outputs.upperBound - start)
      let panel = weights.values(from: start)[columns: 0..<count]
      let bias = weights.bias(from: start)?[columns: 0..<count]
      let place = start - outputs.lowerBound
      let result = y[columns: place..<place + count]
      for row in 0..<x.rows {
        for column in 0..<count {
          var sum = bias?[0, column] ?? 0
          for k in 0..<x.columns { sum.addProduct(x[row, k], panel[k, column]) }
          result[row, column] = sum
        }
      }
    }
    activate(y, activation)
    if let residual { add(residual, to: y) }
  }

  func swiftMultiply(_ a: Matrix, _ b: Matrix, scale: Float, into c: Matrix) {
    for row in 0..<c.rows {
      for column in 0..<c.columns {
        var sum: Float = 0
        for k in 0..<a.columns { sum.addProduct(a[row, k], b[k, column]) }
        c[row, column] = sum * scale
      }
    }
  }

  func swiftLayerNorm(
    _ x: Matrix, residual: Matrix?, gain: Matrix, bias: Matrix, epsilon: Float, into y: Matrix
  ) {
    let count = Float(x.columns)
    for row in 0..<x.rows {
      var sums = SIMD16<Float>()
      vectors(x.columns) { start in
        var v = load(x, row, start)
        if let residual { v += load(residual, row, start) }
        store(v, y, row, start)
        sums += v
      }
      let mean = VectorMath.sum(sums) / count
      var squares = SIMD16<Float>()
      vectors(x.columns) { start in
        let distance = load(y, row, start, fill: mean) - mean
        squares.addProduct(distance, distance)
      }
      let scale = 1 / (VectorMath.sum(squares) / count + epsilon).squareRoot()
      vectors(x.columns) { start in
        let v = (load(y, row, start) - mean) * scale
        store(load(bias, 0, start).addingProduct(v, load(gain, 0, start)), y, row, start)
      }
    }
  }

  func swiftRMSNorm(_ x: Matrix, gain: Matrix, epsilon: Float, into y: Matrix) {
    for row in 0..<x.rows {
      var squares = SIMD16<Float>()
      vectors(x.columns) { start in
        let v = load(x, row, start)
        squares.addProduct(v, v)
      }
      let scale = 1 / (VectorMath.sum(squares) / Float(x.columns) + epsilon).squareRoot()
      for column in 0..<x.columns { y[row, column] = x[row, column] * scale * gain[0, column] }
    }
  }

  func swiftGate(_ x: Matrix, by factors: Matrix, _ activation: Activation, into y: Matrix) {
    for row in 0..<x.rows {
      vectors(x.columns) { start in
        let v = VectorMath.activate(load(x, row, start), activation)
        store(v * load(factors, row, start), y, row, start)
      }
    }
  }

  func swiftRotatePairs(_ x: Matrix, heads: Int, cosines: Matrix, sines: Matrix) {
    let half = cosines.columns
    for row in 0..<x.rows {
      for head in 0..<heads {
        for column in 0..<half {
          let (low, high) = (2 * half * head + column, 2 * half * head + half + column)
          let (a, b) = (x[row, low], x[row, high])
          let (cosine, sine) = (cosines[row, column], sines[row, column])
          x[row, low] = a * cosine - b * sine
          x[row, high] = b * cosine + a * sine
        }
      }
    }
  }

  func swiftSoftmax(_ x: Matrix) {
    for row in 0..<x.rows {
      var highest = -Float.infinity
      for column in 0..<x.columns where x[row, column] > highest { highest = x[row, column] }
      var sums = SIMD16<Float>()
      vectors(x.columns) { start in
        let e = VectorMath.exp(load(x, row, start, fill: -.infinity) - highest)
        store(e, x, row, start)
        sums += e
      }
      let scale = 1 / VectorMath.sum(sums)
      for column in 0..<x.columns { x[row, column] *= scale }
    }
  }

  func swiftAdd(_ x: Matrix, to y: Matrix) {
    for row in 0..<x.rows {
      for column in 0..<x.columns { y[row, column] += x[row, column] }
    }
  }

  func swiftTranspose(_ x: Matrix, into y: Matrix, accumulate: Bool) {
    for row in 0..<x.rows {
      for column in 0..<x.columns {
        // Not 0 + x without accumulation: −0 stays −0.
        y[column, row] = accumulate ? y[column, row] + x[row, column] : x[row, column]
      }
    }
  }

  func swiftActivate(_ x: Matrix, _ activation: Activation) {
    for row in 0..<x.rows {
      vectors(x.columns) {
        store(VectorMath.activate(load(x, row, $0), activation), x, row, $0)
      }
    }
  }
}
