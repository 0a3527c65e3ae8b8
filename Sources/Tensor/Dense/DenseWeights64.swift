/// The weights of a dense layer in float64, as heads have them.
package struct DenseWeights64: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// Columns in panels of eight, the last filled up with zeros: `[outputs / 8, inputs, 8]`.
  let panels: [SIMD8<Double>]
  let bias: [Double]

  /// - Parameters:
  ///   - weights: `[inputs, outputs]`, as in `coefs_` of an `MLPClassifier`
  ///   - bias: `[outputs]`
  package init(weights: [Double], bias: [Double], inputs: Int) {
    let outputs = bias.count
    precondition(weights.count == inputs * outputs)
    (self.inputs, self.outputs, self.bias) = (inputs, outputs, bias)
    var panels = [SIMD8<Double>](repeating: .zero, count: (outputs + 7) / 8 * inputs)
    for input in 0..<inputs {
      for output in 0..<outputs {
        panels[output / 8 * inputs + input][output % 8] = weights[input * outputs + output]
      }
    }
    self.panels = panels
  }
}
