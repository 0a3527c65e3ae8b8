/// The kernel of float64 in plain Swift.
extension Kernels {
  func swiftDense(_ x: [Double], rows: Int, _ layer: DenseWeights64) -> [Double] {
    var y = [Double](repeating: 0, count: rows * layer.outputs)
    let (values, weights) = (x.span, layer.panels.span)
    for row in 0..<rows {
      for panel in stride(from: 0, to: layer.outputs, by: 8) {
        var sum = SIMD8<Double>.zero
        for input in 0..<layer.inputs {
          let value = SIMD8<Double>(repeating: values[row * layer.inputs + input])
          sum.addProduct(weights[panel / 8 * layer.inputs + input], value)
        }
        for column in panel..<min(panel + 8, layer.outputs) {
          y[row * layer.outputs + column] = sum[column - panel] + layer.bias[column]
        }
      }
    }
    return y
  }
}
