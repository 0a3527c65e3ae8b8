/// A dense layer in the precision that the model runs in.
package enum Projection: Sendable {
  case float32(DenseWeights)
  /// `digits` of the input: 1, or 2 where one costs too much.
  case int8(QuantizedWeights, digits: Int)

  /// Float weights, `[outputs, inputs]`, as they are or rounded.
  ///
  /// - Parameters:
  ///   - bits: of a weight in int8, as ``QuantizedWeights/bits``
  ///   - kernels: those that will multiply
  package init(
    weights: Matrix, bias: Matrix?, precision: Precision, bits: Int, kernels: Kernels
  ) {
    self =
      switch precision {
      case .float32: .float32(DenseWeights(weights: weights, bias: bias, kernels: kernels))
      case .int8: .int8(QuantizedWeights(rounding: weights, bias: bias, bits: bits), digits: 1)
      }
  }

  package var inputs: Int {
    switch self {
    case .float32(let weights): weights.inputs
    case .int8(let weights, _): weights.inputs
    }
  }

  package var outputs: Int {
    switch self {
    case .float32(let weights): weights.outputs
    case .int8(let weights, _): weights.outputs
    }
  }

  /// `y = activation(x · weightsᵀ + bias) + residual`.
  ///
  /// - Parameters:
  ///   - x: `[rows, inputs]`
  ///   - residual: `[rows, outputs]`
  ///   - y: `[rows, outputs]`
  package func callAsFunction(
    _ x: Matrix, activation: Activation = .none, residual: Matrix? = nil, into y: Matrix,
    _ workspace: Workspace, on processor: Processor
  ) {
    [self](
      x, activation: activation, residual: residual, into: [y], workspace, on: processor)
  }
}

extension [Projection] {
  /// `y = activation(x · weightsᵀ + bias) + residual` of several layers on one input, as one job. All
  /// have one precision; int8 layers share the quantised input, in the most digits that one of them asks
  /// for.
  package func callAsFunction(
    _ x: Matrix, activation: Activation = .none, residual: Matrix? = nil, into outputs: [Matrix],
    _ workspace: Workspace, on processor: Processor
  ) {
    var floats: [DenseWeights] = []
    var integers: [QuantizedWeights] = []
    var digits = 1
    for layer in self {
      switch layer {
      case .float32(let weights): floats.append(weights)
      case .int8(let weights, let count):
        integers.append(weights)
        digits = Swift.max(digits, count)
      }
    }
    precondition(floats.isEmpty || integers.isEmpty, "layers of one job have one precision")
    processor.stage(.dense) {
      guard !integers.isEmpty else {
        processor.dense(x, floats, activation: activation, residual: residual, into: outputs)
        return
      }
      let rows = workspace.quantizedRows(x.rows, columns: x.columns, digits: digits)
      workspace.scope {
        processor.quantize(
          x, into: rows,
          scratch: workspace.matrix(rows: processor.pool.threads, columns: x.columns))
      }
      processor.dense(rows, integers, activation: activation, residual: residual, into: outputs)
    }
  }
}
