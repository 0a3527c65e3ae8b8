import JSON
import Safetensors

/// The models that are made of other models.
extension HeadReader {
  private func members(
    _ node: Node, _ depth: Int, areBinary: Bool
  ) throws(HeadError) -> [any HeadModel] {
    var members: [any HeadModel] = []
    for node in try node.readers("members") {
      let member = try model(node, depth: depth + 1)
      try require(.probabilities, of: member, at: node)
      members.append(member)
    }
    guard let first = members.first else { throw inconsistent("a combination of no members") }
    for member in members {
      guard member.inputSize == first.inputSize else {
        throw inconsistent("members take \(first.inputSize) and \(member.inputSize) numbers")
      }
      guard !areBinary || (member.classCount == 2 && !member.isMultilabel) else {
        throw inconsistent("a member for one label has \(member.classCount) classes")
      }
    }
    return members
  }

  /// The scores that a combination reads of its members, all of which must have them.
  private func response(
    _ node: Node, of members: [any HeadModel]
  ) throws(HeadError) -> Response {
    if version == 1 {
      return members.allSatisfy { $0.responses.contains(.margins) } ? .margins : .probabilities
    }
    let response = try node.choice("response", of: Response.self)
    for member in members { try require(response, of: member, at: node) }
    return response
  }

  private func require(
    _ response: Response, of member: any HeadModel, at node: Node
  ) throws(HeadError) {
    guard member.responses.contains(response) else {
      let name = response == .margins ? "margins" : "probabilities"
      throw inconsistent("\(node.path) needs \(name), which its model does not have")
    }
  }

  func pipeline(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    var scalers: [Scaler] = []
    for step in try node.readers("scalers") { scalers.append(try scaler(step)) }
    let last = try model(try node.reader("model"), depth: depth + 1)
    for scaler in scalers where scaler.size != last.inputSize {
      throw inconsistent(
        "a scaler of \(scaler.size) columns before a model that takes \(last.inputSize)")
    }
    return Pipeline(scalers: scalers, model: last)
  }

  private func scaler(_ node: Node) throws(HeadError) -> Scaler {
    let scope = weights[try node.string("prefix")]
    let size = try node.int("size", in: 1 ... .max)
    let scaler = Scaler(
      size: size, center: try node.bool("center") ? try doubles(scope, "center", [size]) : nil,
      scale: try node.bool("scale") ? try doubles(scope, "scale", [size]) : nil)
    try node.end()
    return scaler
  }

  func oneVsRest(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    let isMultilabel = try node.bool("multilabel")
    let members = try members(node, depth, areBinary: true)
    guard isMultilabel || members.count != 2 else {
      throw inconsistent("two classes need one member, not two")
    }
    return OneVsRest(
      members: members, isMultilabel: isMultilabel, response: try response(node, of: members),
      rule: try rule(node, columns: isMultilabel ? 1 : members.count))
  }

  func multiOutput(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    MultiOutput(members: try members(node, depth, areBinary: true))
  }

  func mean(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    let members = try members(node, depth, areBinary: false)
    let weights = try node.doubles("weights")
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

  func calibrated(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    let member = try model(try node.reader("model"), depth: depth + 1)
    var calibrators: [Calibrator] = []
    for curve in try node.readers("calibrators") { calibrators.append(try calibrator(curve)) }
    let expected = member.classCount == 2 ? 1 : member.classCount
    guard calibrators.count == expected, !member.isMultilabel else {
      throw inconsistent("\(calibrators.count) calibrators for \(member.classCount) classes")
    }
    return Calibrated(
      member: member, response: try response(node, of: [member]), calibrators: calibrators)
  }

  func temperatureScaled(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    let member = try model(try node.reader("model"), depth: depth + 1)
    guard !member.isMultilabel else { throw inconsistent("a temperature for several labels") }
    return TemperatureScaled(
      member: member, response: try response(node, of: [member]), beta: try node.double("beta"))
  }

  func stacking(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    var members: [Stacking.Member] = []
    for node in try node.readers("members") {
      let model = try model(try node.reader("model"), depth: depth + 1)
      guard !model.isMultilabel else { throw inconsistent("stacking of several labels") }
      members.append(Stacking.Member(model: model, response: try response(node, of: [model])))
      try node.end()
    }
    let last = try model(try node.reader("model"), depth: depth + 1)
    let stacking = Stacking(
      members: members, passesRows: try node.bool("passthrough"), last: last)
    guard members.allSatisfy({ $0.model.inputSize == stacking.inputSize }) else {
      throw inconsistent("the members of a stacking take rows of different sizes")
    }
    let width = members.reduce(stacking.passesRows ? stacking.inputSize : 0) { $0 + $1.width }
    guard !members.isEmpty, width == last.inputSize else {
      throw inconsistent("the last model takes \(last.inputSize) numbers, not \(width)")
    }
    return stacking
  }

  func thresholded(_ node: Node, _ depth: Int) throws(HeadError) -> any HeadModel {
    let member = try model(try node.reader("model"), depth: depth + 1)
    guard member.classCount == 2, !member.isMultilabel else {
      throw inconsistent("a threshold for \(member.classCount) classes")
    }
    return Thresholded(
      member: member, response: try response(node, of: [member]),
      positive: try node.int("class", in: 0...1), threshold: try node.double("value"))
  }

  private func calibrator(_ node: Node) throws(HeadError) -> Calibrator {
    let kind = try node.string("kind")
    let calibrator: Calibrator
    switch kind {
    case "sigmoid":
      calibrator = .sigmoid(
        slope: try node.double("slope"), intercept: try node.double("intercept"))
    case "isotonic":
      let prefix = try node.string("prefix")
      let size = try node.int("points", in: 1 ... .max)
      let x = try doubles(weights[prefix], "x", [size])
      guard zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw inconsistent("the points of \(prefix) do not rise")
      }
      calibrator = .isotonic(x: x, y: try doubles(weights[prefix], "y", [size]))
    default: throw unsupported("the calibrator \"\(kind)\"")
    }
    try node.end()
    return calibrator
  }
}
