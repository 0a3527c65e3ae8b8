internal import Safetensors
internal import Tensor

/// A convolution over the embeddings, added to the first layer's output: DeBERTa-v2 xlarge's.
struct ConvolutionLayer: Sendable {
  /// For each tap its groups, `[hidden / groups, hidden / groups]` each.
  private let taps: [[DenseWeights]]
  private let bias: Matrix
  private let groups: Int
  private let activation: Activation
  let norm: LayerNorm

  init(
    _ scope: CheckpointScope, _ convolution: EncoderConfiguration.Convolution,
    _ configuration: EncoderConfiguration, _ kernels: Kernels
  ) throws(TransformerError) {
    let hidden = configuration.hiddenSize
    let size = convolution.kernelSize
    let inputs = hidden / convolution.groups
    // The file has [outputs, inputs of a group, taps]; a product wants each tap by itself.
    let weights = try scope.matrix(
      "conv.weight", shape: [hidden, inputs, size], rows: hidden, columns: inputs * size)
    taps = (0..<size).map { tap in
      let matrix = Matrix(rows: hidden, columns: inputs)
      for output in 0..<hidden {
        for input in 0..<inputs { matrix[output, input] = weights[output, input * size + tap] }
      }
      return (0..<convolution.groups).map { group in
        DenseWeights(
          weights: matrix[rows: group * inputs..<(group + 1) * inputs], bias: nil, kernels: kernels)
      }
    }
    bias = try scope.vector("conv.bias", hidden)
    groups = convolution.groups
    activation = convolution.activation
    norm = try LayerNorm(scope["LayerNorm"], size: hidden, epsilon: configuration.normEpsilon)
  }

  /// `activation(conv(x))` of each message by itself, zeros beyond its ends; `[tokens, hidden]`.
  ///
  /// - Parameter products: `[tokens, hidden]`, overwritten
  func convolve(
    _ x: Matrix, messages: [Range<Int>], into result: Matrix, products: Matrix,
    on processor: Processor
  ) -> Matrix {
    let size = x.columns / groups
    for message in messages {
      let outputs = result[rows: message]
      outputs.fill(0)
      for (tap, groups) in taps.enumerated() {
        // Output row t takes input row t + tap − middle.
        let shift = tap - taps.count / 2
        let first = max(0, -shift)
        let end = min(message.count, message.count - shift)
        guard first < end else { continue }
        let rows = first..<end
        let inputs = x[rows: message][rows: rows.lowerBound + shift..<rows.upperBound + shift]
        for (group, weights) in groups.enumerated() {
          let channels = group * size..<(group + 1) * size
          processor.dense(
            inputs[columns: channels], weights,
            into: products[rows: 0..<rows.count][columns: channels])
        }
        processor.kernels.add(products[rows: 0..<rows.count], to: outputs[rows: rows])
      }
      processor.eachRows(of: outputs.rows) { range in
        for row in range {
          processor.kernels.add(bias, to: outputs[rows: row..<row + 1])
          processor.kernels.activate(outputs[rows: row..<row + 1], activation)
        }
      }
    }
    return result
  }
}
