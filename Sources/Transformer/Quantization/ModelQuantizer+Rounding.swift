internal import Tensor

/// What one site's weights become.
struct SiteRounding {
  let layers: [PreparedModel.Layer]
  let bits: Int
  let digits: Int
  let error: Double

  /// As they run.
  func projections(of weights: [Projection]) -> [Projection] {
    zip(layers, weights).map { layer, weights in
      switch layer {
      case .int8(let weights, let digits): .int8(weights, digits: digits)
      case .float32: weights
      }
    }
  }
}

extension ModelQuantizer {
  /// The cheapest rounding of a site within the tolerance.
  ///
  /// - Parameters:
  ///   - first: what the cheapest rounding of all may lose
  ///   - consequence: what a rounding of these weights changes further on, as an error too
  func rounding(
    _ weights: [DenseWeights], _ inputs: InputStatistics, tolerance: Double, first: Double,
    consequence: ([Projection]) -> Double
  ) -> SiteRounding {
    let rounder = inputs.rounder()
    let rotated = weights.map { QuantizedWeights.rotated($0.matrix) }
    for bits in [7, 8] {
      let quantized = zip(weights, rotated).map { layer, rotated in
        let integers = rounder.round(rotated, bits: bits, on: encoder.processor)
        return QuantizedWeights(
          integers,
          bias: layer.bias.map { corrected($0, inputs.correction(integers, for: rotated)) })
      }
      for digits in [1, 2] {
        let tolerance = bits == 7 && digits == 1 ? first : max(first, tolerance)
        var error = error(of: quantized, digits: digits, against: weights, inputs)
        if error <= tolerance {
          error = max(error, consequence(quantized.map { .int8($0, digits: digits) }))
        }
        if error <= tolerance {
          return SiteRounding(
            layers: quantized.map { .int8($0, digits: digits) }, bits: bits, digits: digits,
            error: error)
        }
      }
    }
    return SiteRounding(layers: weights.map { _ in .float32 }, bits: 32, digits: 0, error: 0)
  }

  private func corrected(_ bias: Matrix, _ correction: [Float]) -> Matrix {
    Matrix(
      zip(bias.elements, correction).map { $0 + $1 }, rows: 1, columns: bias.columns)
  }

  private func error(
    of quantized: [QuantizedWeights], digits: Int, against weights: [DenseWeights],
    _ inputs: InputStatistics
  ) -> Double {
    let workspace = Workspace()
    var error = RelativeError()
    for rows in inputs.sample {
      for (quantized, weights) in zip(quantized, weights) {
        let exact = Matrix(rows: rows.rows, columns: weights.outputs)
        let found = Matrix(rows: rows.rows, columns: weights.outputs)
        encoder.processor.dense(rows, weights, into: exact)
        Projection.int8(quantized, digits: digits)(
          rows, into: found, workspace, on: encoder.processor)
        error.add(found, exact: exact)
      }
    }
    return error.value
  }
}

/// Σ(y − y′)² / Σ(y − ȳ)², ȳ the mean of each column: what all rows have in common tells messages
/// not apart, and channels with a large mean would hide what others lose.
struct RelativeError {
  private var lost = 0.0
  private var whole = 0.0

  mutating func add(_ found: Matrix, exact: Matrix) {
    for column in 0..<exact.columns {
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<exact.rows {
        let value = Double(exact[row, column])
        let difference = Double(found[row, column]) - value
        lost += difference * difference
        sum += value
        squares += value * value
      }
      whole += max(0, squares - sum * sum / Double(max(1, exact.rows)))
    }
  }

  var value: Double { whole > 0 ? lost / whole : 0 }
}
