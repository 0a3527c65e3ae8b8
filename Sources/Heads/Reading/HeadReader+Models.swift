import JSON
import Safetensors
import Tensor

/// The models that compute scores from a row.
extension HeadReader {
  func model(_ node: Node, depth: Int) throws(HeadError) -> any HeadModel {
    guard depth < 16 else { throw unsupported("a model of more than 16 levels") }
    let kind = try node.string("kind")
    let model: any HeadModel
    switch kind {
    case "pipeline": model = try pipeline(node, depth)
    case "linear": model = try linear(node)
    case "mlp": model = try perceptron(node)
    case "one_vs_rest": model = try oneVsRest(node, depth)
    case "multi_output": model = try multiOutput(node, depth)
    case "mean": model = try mean(node, depth)
    case "calibrated": model = try calibrated(node, depth)
    case "temperature": model = try temperatureScaled(node, depth)
    case "stacking": model = try stacking(node, depth)
    case "threshold": model = try thresholded(node, depth)
    case "lightgbm": model = try trees(node)
    default: throw unsupported("the model \"\(kind)\"")
    }
    try node.end()
    return model
  }

  private func linear(_ node: Node) throws(HeadError) -> any HeadModel {
    let sizes = try node.ints("sizes")
    guard sizes.count == 2 else { throw inconsistent("a linear model has two sizes") }
    let output = try output(node)
    try check(output, columns: sizes[1], isMultilabel: false)
    return LinearModel(
      kernels: kernels, layer: try layer(weights[try node.string("prefix")], sizes[0], sizes[1]),
      output: output, rule: try rule(node, columns: sizes[1]))
  }

  private func perceptron(_ node: Node) throws(HeadError) -> any HeadModel {
    let sizes = try node.ints("sizes")
    guard sizes.count >= 2, let inputSize = sizes.first, let outputSize = sizes.last else {
      throw inconsistent("a perceptron has at least two sizes")
    }
    let hiddenName = try node.string("hidden")
    let activations: [String: Activation] = [
      "identity": .none, "relu": .relu, "tanh": .tanh, "logistic": .logistic,
    ]
    guard let hidden = activations[hiddenName] else {
      throw unsupported("the activation \"\(hiddenName)\"")
    }
    let output = try output(node)
    guard output == .logistic || output == .softmax else {
      throw unsupported("the output function \"\(output.rawValue)\" of a perceptron")
    }
    let isMultilabel = try node.bool("multilabel")
    try check(output, columns: outputSize, isMultilabel: isMultilabel)
    let scope = weights[try node.string("prefix")]["layers"]
    var layers: [DenseWeights64] = []
    for (index, size) in sizes.dropLast().enumerated() {
      layers.append(try layer(scope[index], size, sizes[index + 1]))
    }
    return MultilayerPerceptron(
      kernels: kernels, layers: layers, hidden: hidden, output: output,
      rule: try rule(node, columns: outputSize), isMultilabel: isMultilabel, inputSize: inputSize,
      outputSize: outputSize)
  }

  // MARK: Parts

  private func output(_ node: Node) throws(HeadError) -> OutputFunction {
    let name = try node.string("output")
    guard let output = OutputFunction(rawValue: name) else {
      throw unsupported("the output function \"\(name)\"")
    }
    return output
  }

  private func check(
    _ output: OutputFunction, columns: Int, isMultilabel: Bool
  ) throws(HeadError) {
    if isMultilabel {
      guard columns > 1, output == .logistic else {
        throw inconsistent("several labels need logistic outputs, one each")
      }
    } else if columns == 1 {
      guard output != .softmax, output != .normalizedLogistic else {
        throw inconsistent("a single output cannot be \(output.rawValue)")
      }
    } else if output == .logistic {
      throw inconsistent("logistic outputs of classes that exclude each other")
    }
  }

  private func layer(
    _ scope: CheckpointScope, _ inputs: Int, _ outputs: Int
  ) throws(HeadError) -> DenseWeights64 {
    guard inputs > 0, outputs > 0 else { throw inconsistent("size is \(min(inputs, outputs))") }
    return DenseWeights64(
      weights: try doubles(scope, "weight", [inputs, outputs]),
      bias: try doubles(scope, "bias", [outputs]), inputs: inputs)
  }

  func rule(_ node: Node, columns: Int) throws(HeadError) -> DecisionRule {
    let decision = try node.reader("decision")
    let name = try decision.string("rule")
    let rule: DecisionRule
    switch name {
    case "highest":
      guard columns > 1 else { throw inconsistent("the highest of a single score") }
      rule = .highest
    case "above": rule = .above(try decision.double("value"))
    default: throw unsupported("the decision rule \"\(name)\"")
    }
    try decision.end()
    return rule
  }

  func doubles(
    _ scope: CheckpointScope, _ name: String, _ shape: [Int]
  ) throws(HeadError) -> [Double] {
    // Each reading is a copy: a file that names one tensor many times could ask for any memory.
    guard !scope.isConsumed(name) else {
      throw inconsistent("two models have the tensor \(scope.path(name))")
    }
    do {
      return try scope.doubles(name, shape: shape)
    } catch {
      throw .weights(error)
    }
  }
}
