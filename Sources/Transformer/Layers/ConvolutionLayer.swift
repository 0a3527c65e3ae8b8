internal import Tensor

/// A convolution over the input of a layer, added to the layer's output: what DeBERTa-v2 xlarge has
/// beside its first layer.
struct ConvolutionLayer: Sendable {
  /// For each tap its groups, `[hidden / groups, hidden / groups]` each.
  private let taps: [[DenseWeights]]
  private let bias: Matrix
  private let groups: Int
  private let activation: Activation
  /// The norm of the sum with the layer's output.
  let norm: Norm

  /// - Parameters:
  ///   - size: taps, an odd number
  ///   - groups: divides `hidden`
  init(
    _ weights: WeightScope, hidden: Int, size: Int, groups: Int, _ activation: Activation,
    epsilon: Float
  ) throws(TransformerError) {
    let inputs = hidden / groups
    // The file has [outputs, inputs of a group, taps]; a product wants each tap by itself.
    let stored = try weights.tensors.matrix(
      "conv.weight", shape: [hidden, inputs, size], rows: hidden, columns: inputs * size)
    taps = (0..<size).map { tap in
      let matrix = Matrix(rows: hidden, columns: inputs)
      for output in 0..<hidden {
        for input in 0..<inputs { matrix[output, input] = stored[output, input * size + tap] }
      }
      return (0..<groups).map { group in
        DenseWeights(
          weights: matrix[rows: group * inputs..<(group + 1) * inputs], bias: nil,
          kernels: weights.processor.kernels)
      }
    }
    bias = try weights.tensors.vector("conv.bias", hidden)
    self.groups = groups
    self.activation = activation
    norm = try weights.layerNorm("LayerNorm", size: hidden, epsilon: epsilon)
  }

  /// `activation(conv(x))` of each message by itself, zeros beyond its ends; `[tokens, hidden]`.
  func callAsFunction(_ x: Matrix, _ pass: ForwardPass) -> Matrix {
    let result = pass.workspace.matrix(rows: x.rows, columns: x.columns)
    pass.workspace.scope {
      let products = pass.workspace.matrix(rows: x.rows, columns: x.columns)
      for message in pass.messages {
        convolve(x[rows: message], into: result[rows: message], products, pass.processor)
      }
    }
    return result
  }

  /// - Parameter products: `[tokens, hidden]` or more, overwritten
  private func convolve(
    _ x: Matrix, into y: Matrix, _ products: Matrix, _ processor: Processor
  ) {
    let size = x.columns / groups
    y.fill(0)
    for (tap, groups) in taps.enumerated() {
      // Output row t takes input row t + tap − middle.
      let shift = tap - taps.count / 2
      let first = max(0, -shift)
      let end = min(x.rows, x.rows - shift)
      guard first < end else { continue }
      let inputs = x[rows: first + shift..<end + shift]
      for (group, weights) in groups.enumerated() {
        let channels = group * size..<(group + 1) * size
        processor.dense(
          inputs[columns: channels], weights,
          into: products[rows: 0..<end - first][columns: channels])
      }
      processor.kernels.add(products[rows: 0..<end - first], to: y[rows: first..<end])
    }
    processor.eachRows(of: y.rows) { range in
      for row in range {
        processor.kernels.add(bias, to: y[rows: row..<row + 1])
        processor.kernels.activate(y[rows: row..<row + 1], activation)
      }
    }
  }
}
