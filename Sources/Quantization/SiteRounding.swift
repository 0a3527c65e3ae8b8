internal import Tensor
internal import Transformer

/// The rounding that was chosen for a site.
struct SiteRounding {
  /// The site's layers as they run.
  let linears: [Linear]
  let bits: Int
  let digits: Int
  let error: Double
  /// The loss that it could have had.
  let limit: Double
}

extension ModelQuantizer {
  /// The cheapest rounding of a site within the tolerance, of those that are faster than float32.
  ///
  /// - Parameters:
  ///   - linears: the site's layers in float32
  ///   - first: the loss that the cheapest rounding of all may have
  ///   - consequence: the error that a rounding of these layers causes further on
  func rounding(
    _ linears: [Linear], _ inputs: InputStatistics, tolerance: Double, first: Double,
    consequence: ([Linear]) -> Double
  ) -> SiteRounding {
    let weights = linears.compactMap { linear in
      if case .float32(let weights) = linear.weights { weights } else { nil }
    }
    let rounder = inputs.rounder()
    let rotated = weights.map { QuantizedWeights.rotated($0.matrix) }
    for bits in [7, 8] {
      let digits = [1, 2].filter { (instructionSet.relativeTime(bits: bits, digits: $0) ?? 0) < 1 }
      let quantized = zip(weights, rotated).map { layer, rotated in
        let integers = rounder.round(rotated, bits: bits, on: encoder.processor)
        let correction = inputs.correction(integers, for: rotated)
        return QuantizedWeights(integers, bias: corrected(layer.bias, correction))
      }
      for digits in digits {
        let tolerance = bits == 7 && digits == 1 ? first : max(first, tolerance)
        var candidate = linears
        for (index, weights) in quantized.enumerated() {
          candidate[index].weights = .int8(weights, digits: digits)
        }
        var error = error(of: candidate, against: weights, inputs)
        if error <= tolerance { error = max(error, consequence(candidate)) }
        if error <= tolerance {
          return SiteRounding(
            linears: candidate, bits: bits, digits: digits, error: error, limit: tolerance)
        }
      }
    }
    return SiteRounding(linears: linears, bits: 32, digits: 0, error: 0, limit: tolerance)
  }

  /// - Parameter bias: nil: zeros
  private func corrected(_ bias: Matrix?, _ correction: [Float]) -> Matrix {
    let values = bias.map { zip($0.elements, correction).map { $0 + $1 } } ?? correction
    return Matrix(values, rows: 1, columns: values.count)
  }

  private func error(
    of candidate: [Linear], against weights: [DenseWeights], _ inputs: InputStatistics
  ) -> Double {
    let workspace = Workspace()
    var error = RelativeError()
    for rows in inputs.sample {
      for (linear, weights) in zip(candidate, weights) {
        let exact = Matrix(rows: rows.rows, columns: weights.outputs)
        let found = Matrix(rows: rows.rows, columns: weights.outputs)
        encoder.processor.dense(rows, weights, into: exact)
        linear.weights(rows, into: found, workspace, on: encoder.processor)
        error.add(found, exact: exact)
      }
    }
    return error.value
  }
}
