/// The weights of a dense layer, in the precision that the model runs in.
public enum Projection: Sendable {
  case float32(DenseWeights)
  /// `digits` of the input: 1, or 2 where one costs too much.
  case int8(QuantizedWeights, digits: Int)

  /// Float weights, `[outputs, inputs]`, as they are or rounded.
  public init(weights: Matrix, bias: Matrix?, precision: Precision) {
    self =
      switch precision {
      case .float32: .float32(DenseWeights(weights: weights, bias: bias))
      case .int8: .int8(QuantizedWeights(rounding: weights, bias: bias), digits: 1)
      }
  }

  public var inputs: Int {
    switch self {
    case .float32(let weights): weights.inputs
    case .int8(let weights, _): weights.inputs
    }
  }

  public var outputs: Int {
    switch self {
    case .float32(let weights): weights.outputs
    case .int8(let weights, _): weights.outputs
    }
  }
}
