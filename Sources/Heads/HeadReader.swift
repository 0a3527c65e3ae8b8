import JSON
import Safetensors
import Tensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads `head.json`, which says how the head is built, and `head.safetensors`, which holds the
/// numbers. Both must agree in every size, and every tensor must be used.
struct HeadReader {
  let folder: URL
  let file: String
  let weights: CheckpointScope
  let kernels: Kernels

  static let format = "moderation-head"
  static let version = 1

  static func read(_ folder: URL, _ kernels: Kernels) throws(HeadError) -> Head {
    let url = folder.appendingPathComponent("head.json")
    let description: JSONValue
    do {
      description = try JSONValue(parsing: try bytes(of: url))
    } catch let error as JSONError {
      throw .invalidDescription(file: url.path, error)
    } catch let error as HeadError {
      throw error
    } catch {
      throw .cannotRead(file: url.path, reason: "\(error)")
    }
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(contentsOf: folder.appendingPathComponent("head.safetensors"))
    } catch {
      throw .weights(error)
    }
    let reader = HeadReader(
      folder: folder, file: url.path, weights: checkpoint.scope(), kernels: kernels)
    return try reader.head(description)
  }

  static func read(lightGBM url: URL) throws(HeadError) -> Head {
    let ensemble = try TreeEnsemble(parsing: bytes(of: url), file: url.path)
    let labels: [ClassLabel] =
      ensemble.task == .value && ensemble.classCount == 1
      ? [.text("value")] : (0..<ensemble.classCount).map { .integer($0) }
    return Head(task: ensemble.task, classLabels: labels, model: ensemble)
  }

  private static func bytes(of url: URL) throws(HeadError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw .cannotRead(file: url.path, reason: "\(error)")
    }
  }

  // MARK: Description

  private func head(_ description: JSONValue) throws(HeadError) -> Head {
    let (format, version, taskName, classes, inputSize) = try reading { () throws(JSONError) in
      (
        try description.string("format"), try description.int("version"),
        try description.string("task"), try description.array("classes"),
        try description.int("input_size")
      )
    }
    guard format == Self.format else { throw unsupported("the format \"\(format)\"") }
    guard version == Self.version else { throw unsupported("version \(version) of the format") }
    guard let task = Head.Task(rawValue: taskName) else {
      throw unsupported("the task \"\(taskName)\"")
    }
    let labels = try classes.enumerated().map { (index, value) throws(HeadError) in
      try label(value, index)
    }
    guard Set(labels.map(\.description)).count == labels.count else {
      throw inconsistent("two classes have the same name")
    }
    let model = try reading { () throws(JSONError) in try description.value("model") }
    let root = try self.model(model, depth: 0)
    guard root.inputSize == inputSize else {
      throw inconsistent("input_size is \(inputSize) but the model takes \(root.inputSize)")
    }
    guard root.classCount == labels.count else {
      throw inconsistent("\(labels.count) classes but the model has \(root.classCount)")
    }
    let expected: Head.Task =
      root.isMultilabel ? .multilabel : root.classCount == 2 ? .binary : .multiclass
    guard task == expected else {
      throw inconsistent("the task is \(task.rawValue) but the model's is \(expected.rawValue)")
    }
    do {
      try weights.requireAllConsumed()
    } catch {
      throw .weights(error)
    }
    return Head(task: task, classLabels: labels, model: root)
  }

  private func label(_ value: JSONValue, _ index: Int) throws(HeadError) -> ClassLabel {
    switch value {
    case .string(let text): return .text(text)
    case .bool(let flag): return .bool(flag)
    case .number(let number):
      if let integer = Int(number.text) { return .integer(integer) }
      return .number(number.double)
    default:
      throw .invalidDescription(
        file: file,
        .wrongKind(
          path: "classes[\(index)]", expected: "a number, text or a bool",
          found: "\(value.kind.rawValue)"))
    }
  }

  func model(_ node: JSONValue, depth: Int) throws(HeadError) -> any HeadModel {
    guard depth < 16 else { throw unsupported("a model of more than 16 levels") }
    let kind = try reading { () throws(JSONError) in try node.string("kind") }
    switch kind {
    case "pipeline": return try pipeline(node, depth)
    case "linear": return try linear(node)
    case "mlp": return try perceptron(node)
    case "one_vs_rest": return try oneVsRest(node, depth)
    case "multi_output": return MultiOutput(members: try members(node, depth, areBinary: true))
    case "mean": return try mean(node, depth)
    case "calibrated": return try calibrated(node, depth)
    case "lightgbm": return try trees(node)
    default: throw unsupported("the model \"\(kind)\"")
    }
  }

  private func pipeline(_ node: JSONValue, _ depth: Int) throws(HeadError) -> any HeadModel {
    let steps = try reading { () throws(JSONError) in try node.array("scalers") }
    var scalers: [Scaler] = []
    for step in steps {
      let (prefix, size, hasCenter, hasScale) = try reading { () throws(JSONError) in
        (
          try step.string("prefix"), try step.int("size"), try step.bool("center"),
          try step.bool("scale")
        )
      }
      let scope = weights[prefix]
      let center = hasCenter ? try doubles(scope, "center", [size]) : nil
      let scale = hasScale ? try doubles(scope, "scale", [size]) : nil
      scalers.append(Scaler(size: try positive(size, "size"), center: center, scale: scale))
    }
    let model = try reading { () throws(JSONError) in try node.value("model") }
    let last = try self.model(model, depth: depth + 1)
    for scaler in scalers where scaler.size != last.inputSize {
      throw inconsistent(
        "a scaler of \(scaler.size) columns before a model that takes \(last.inputSize)")
    }
    return Pipeline(scalers: scalers, model: last)
  }

  private func linear(_ node: JSONValue) throws(HeadError) -> any HeadModel {
    let (prefix, sizes, outputName) = try reading { () throws(JSONError) in
      (try node.string("prefix"), try node.ints("sizes"), try node.string("output"))
    }
    guard sizes.count == 2 else { throw inconsistent("a linear model has two sizes") }
    guard let output = OutputFunction(rawValue: outputName) else {
      throw unsupported("the output function \"\(outputName)\"")
    }
    let layer = try layer(weights[prefix], sizes[0], sizes[1])
    let rule = try rule(node, columns: sizes[1])
    try check(output, columns: sizes[1], isMultilabel: false)
    return LinearModel(kernels: kernels, layer: layer, output: output, rule: rule)
  }

  private func perceptron(_ node: JSONValue) throws(HeadError) -> any HeadModel {
    let (prefix, sizes, hiddenName, outputName, isMultilabel) = try reading {
      () throws(JSONError) in
      (
        try node.string("prefix"), try node.ints("sizes"), try node.string("hidden"),
        try node.string("output"), try node.bool("multilabel")
      )
    }
    guard sizes.count >= 2, let inputSize = sizes.first, let outputSize = sizes.last else {
      throw inconsistent("a perceptron has at least two sizes")
    }
    guard let hidden = Activation(rawValue: hiddenName) else {
      throw unsupported("the activation \"\(hiddenName)\"")
    }
    guard let output = OutputFunction(rawValue: outputName), output != .normalizedLogistic else {
      throw unsupported("the output function \"\(outputName)\"")
    }
    try check(output, columns: outputSize, isMultilabel: isMultilabel)
    var layers: [DenseWeights64] = []
    for (index, size) in sizes.dropLast().enumerated() {
      layers.append(try layer(weights[prefix]["layers"][index], size, sizes[index + 1]))
    }
    return MultilayerPerceptron(
      kernels: kernels, layers: layers, hidden: hidden, output: output,
      rule: try rule(node, columns: outputSize), isMultilabel: isMultilabel, inputSize: inputSize,
      outputSize: outputSize)
  }

  private func check(
    _ output: OutputFunction, columns: Int, isMultilabel: Bool
  ) throws(HeadError) {
    if isMultilabel {
      guard columns > 1, output == .logistic else {
        throw inconsistent("several labels need logistic outputs, one each")
      }
    } else if columns == 1 {
      guard output == .logistic else {
        throw inconsistent("a single output cannot be \(output.rawValue)")
      }
    } else if output == .logistic {
      throw inconsistent("logistic outputs of classes that exclude each other")
    }
  }

  private func oneVsRest(_ node: JSONValue, _ depth: Int) throws(HeadError) -> any HeadModel {
    let isMultilabel = try reading { () throws(JSONError) in try node.bool("multilabel") }
    let members = try members(node, depth, areBinary: true)
    guard isMultilabel || members.count != 2 else {
      throw inconsistent("two classes need one member, not two")
    }
    return OneVsRest(
      members: members, isMultilabel: isMultilabel,
      rule: try rule(node, columns: isMultilabel ? 1 : members.count))
  }

  private func mean(_ node: JSONValue, _ depth: Int) throws(HeadError) -> any HeadModel {
    let members = try members(node, depth, areBinary: false)
    let weights = try reading { () throws(JSONError) in try node.doubles("weights") }
    guard weights.count == members.count else {
      throw inconsistent("\(weights.count) weights for \(members.count) members")
    }
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.reduce(0, +) > 0 else {
      throw inconsistent("the weights of a mean must not be negative, and not all zero")
    }
    guard members.allSatisfy({ $0.classCount == members[0].classCount && !$0.isMultilabel }) else {
      throw inconsistent("the members of a mean must have the same classes")
    }
    return Mean(members: members, weights: weights)
  }

  private func calibrated(_ node: JSONValue, _ depth: Int) throws(HeadError) -> any HeadModel {
    let (inner, curves) = try reading { () throws(JSONError) in
      (try node.value("model"), try node.array("calibrators"))
    }
    let member = try model(inner, depth: depth + 1)
    let expected = member.classCount == 2 ? 1 : member.classCount
    guard curves.count == expected, !member.isMultilabel else {
      throw inconsistent("\(curves.count) calibrators for \(member.classCount) classes")
    }
    let calibrators = try curves.map { (curve) throws(HeadError) in try calibrator(curve) }
    return Calibrated(member: member, calibrators: calibrators)
  }

  private func calibrator(_ node: JSONValue) throws(HeadError) -> Calibrator {
    let kind = try reading { () throws(JSONError) in try node.string("kind") }
    switch kind {
    case "sigmoid":
      return try reading { () throws(JSONError) in
        .sigmoid(slope: try node.double("slope"), intercept: try node.double("intercept"))
      }
    case "isotonic":
      let (prefix, count) = try reading { () throws(JSONError) in
        (try node.string("prefix"), try node.int("points"))
      }
      let scope = weights[prefix]
      let size = try positive(count, "points")
      let x = try doubles(scope, "x", [size])
      guard zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw inconsistent("the points of \(prefix) do not rise")
      }
      return .isotonic(x: x, y: try doubles(scope, "y", [size]))
    default: throw unsupported("the calibrator \"\(kind)\"")
    }
  }

  private func trees(_ node: JSONValue) throws(HeadError) -> any HeadModel {
    let name = try reading { () throws(JSONError) in try node.string("file") }
    guard !name.isEmpty, !name.contains("/"), !name.contains("\\"), name != ".." else {
      throw inconsistent("\"\(name)\" is not the name of a file in the same folder")
    }
    let url = folder.appendingPathComponent(name)
    let ensemble = try TreeEnsemble(parsing: Self.bytes(of: url), file: url.path)
    guard ensemble.task != .value else {
      throw inconsistent("\(name) has the objective \(ensemble.objective), which has no classes")
    }
    return ensemble
  }
}
