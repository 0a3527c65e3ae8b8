#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The definitions, one loop each: what the vectorised kernels are held to, and what runs where there
/// are none.
extension Kernels {
  func referenceDense(
    _ x: Matrix, weights: Matrix, bias: Matrix?, activation: Activation, residual: Matrix?,
    into y: Matrix
  ) {
    if instructionSet == .openblas {
      BLAS.multiply(x, transposed: weights, into: y)
    } else {
      for row in 0..<x.rows {
        for output in 0..<weights.rows {
          var sum: Float = 0
          for input in 0..<x.columns { sum += x[row, input] * weights[output, input] }
          y[row, output] = sum
        }
      }
    }
    for row in 0..<y.rows {
      for output in 0..<y.columns {
        let biased = y[row, output] + (bias?[0, output] ?? 0)
        y[row, output] = activation(biased) + (residual?[row, output] ?? 0)
      }
    }
  }

  func referenceMultiply(_ a: Matrix, _ b: Matrix, scale: Float, into c: Matrix) {
    if instructionSet == .openblas { return BLAS.multiply(a, b, scale: scale, into: c) }
    for row in 0..<c.rows {
      for column in 0..<c.columns {
        var sum: Float = 0
        for k in 0..<a.columns { sum.addProduct(a[row, k], b[k, column]) }
        c[row, column] = sum * scale
      }
    }
  }

  func referenceLayerNorm(
    _ x: Matrix, residual: Matrix?, gain: Matrix, bias: Matrix, epsilon: Float, into y: Matrix
  ) {
    let count = Float(x.columns)
    for row in 0..<x.rows {
      for column in 0..<x.columns {
        y[row, column] = x[row, column] + (residual?[row, column] ?? 0)
      }
      var sum: Float = 0
      for column in 0..<x.columns { sum += y[row, column] }
      let mean = sum / count
      var squares: Float = 0
      for column in 0..<x.columns {
        let distance = y[row, column] - mean
        squares += distance * distance
      }
      let scale = 1 / (squares / count + epsilon).squareRoot()
      for column in 0..<x.columns {
        y[row, column] = (y[row, column] - mean) * scale * gain[0, column] + bias[0, column]
      }
    }
  }

  func referenceSoftmax(_ x: Matrix) {
    for row in 0..<x.rows {
      var highest = -Float.infinity
      for column in 0..<x.columns { highest = max(highest, x[row, column]) }
      var sum: Float = 0
      for column in 0..<x.columns {
        let e = expf(x[row, column] - highest)
        x[row, column] = e
        sum += e
      }
      for column in 0..<x.columns { x[row, column] /= sum }
    }
  }
}
