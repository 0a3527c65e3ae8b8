/// x·W + b in float64.
///
/// scikit-learn multiplies in the wider of the types of rows and weights. float64 for both is never
/// less exact, and equal where one of them is float64.
struct DenseLayer: Sendable {
  let inputSize: Int
  let outputSize: Int
  /// Columns of W in panels of eight, the last filled up with zeros: [outputs / 8, inputs, 8]. A
  /// product reads them from front to back, once for four rows.
  private let panels: [SIMD8<Double>]
  private let bias: [Double]

  /// - Parameters:
  ///   - weights: [inputs, outputs], as in `coefs_` of an `MLPClassifier`
  ///   - bias: [outputs]
  init(weights: [Double], bias: [Double], inputSize: Int) {
    let outputSize = bias.count
    precondition(weights.count == inputSize * outputSize)
    self.inputSize = inputSize
    self.outputSize = outputSize
    let panelCount = (outputSize + 7) / 8
    var panels = [SIMD8<Double>](repeating: .zero, count: panelCount * inputSize)
    for input in 0..<inputSize {
      for output in 0..<outputSize {
        panels[output / 8 * inputSize + input][output % 8] =
          weights[input * outputSize + output]
      }
    }
    self.panels = panels
    self.bias = bias + [Double](repeating: 0, count: panelCount * 8 - outputSize)
  }

  /// [rows, inputs] to [rows, outputs]. The sum of an output runs over the inputs in their order,
  /// whatever the number of rows.
  func callAsFunction(_ values: [Double], rows: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rows * outputSize)
    var row = 0
    while row + 4 <= rows {
      product4(values.span, row, result: &result)
      row += 4
    }
    while row < rows {
      product1(values.span, row, result: &result)
      row += 1
    }
    return result
  }

  private func product4(_ values: Span<Double>, _ row: Int, result: inout [Double]) {
    let weights = panels.span
    let first = row * inputSize
    let (second, third, fourth) =
      (first + inputSize, first + 2 * inputSize, first + 3 * inputSize)
    for panel in 0..<bias.count / 8 {
      var (sum1, sum2, sum3, sum4) = (
        SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero
      )
      let start = panel * inputSize
      for input in 0..<inputSize {
        let weight = weights[start + input]
        sum1 += weight * values[first + input]
        sum2 += weight * values[second + input]
        sum3 += weight * values[third + input]
        sum4 += weight * values[fourth + input]
      }
      store(sum1, panel, row, &result)
      store(sum2, panel, row + 1, &result)
      store(sum3, panel, row + 2, &result)
      store(sum4, panel, row + 3, &result)
    }
  }

  private func product1(_ values: Span<Double>, _ row: Int, result: inout [Double]) {
    let weights = panels.span
    for panel in 0..<bias.count / 8 {
      var sum = SIMD8<Double>.zero
      let start = panel * inputSize
      for input in 0..<inputSize {
        sum += weights[start + input] * values[row * inputSize + input]
      }
      store(sum, panel, row, &result)
    }
  }

  @inline(__always)
  private func store(
    _ sum: SIMD8<Double>, _ panel: Int, _ row: Int, _ result: inout [Double]
  ) {
    for column in panel * 8..<min(panel * 8 + 8, outputSize) {
      result[row * outputSize + column] = sum[column & 7] + bias[column]
    }
  }
}
