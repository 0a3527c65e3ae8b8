import JSON
import Safetensors
import Tensor

/// What the kinds of models have in common.
extension HeadReader {
  func members(
    _ node: JSONValue, _ depth: Int, areBinary: Bool
  ) throws(HeadError) -> [any HeadModel] {
    let nodes = try reading { () throws(JSONError) in try node.array("members") }
    var members: [any HeadModel] = []
    for member in nodes { members.append(try model(member, depth: depth + 1)) }
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

  func layer(
    _ scope: CheckpointScope, _ inputs: Int, _ outputs: Int
  ) throws(HeadError) -> DenseWeights64 {
    let weights = try doubles(
      scope, "weight", [try positive(inputs, "size"), try positive(outputs, "size")])
    return DenseWeights64(
      weights: weights, bias: try doubles(scope, "bias", [outputs]), inputs: inputs)
  }

  func rule(_ node: JSONValue, columns: Int) throws(HeadError) -> DecisionRule {
    let decision = try reading { () throws(JSONError) in try node.value("decision") }
    let name = try reading { () throws(JSONError) in try decision.string("rule") }
    switch name {
    case "highest":
      guard columns > 1 else { throw inconsistent("the highest of a single score") }
      return .highest
    case "above":
      return .above(try reading { () throws(JSONError) in try decision.double("value") })
    default: throw unsupported("the decision rule \"\(name)\"")
    }
  }

  func doubles(
    _ scope: CheckpointScope, _ name: String, _ shape: [Int]
  ) throws(HeadError) -> [Double] {
    do {
      return try scope.doubles(name, shape: shape)
    } catch {
      throw .weights(error)
    }
  }

  func positive(_ size: Int, _ key: String) throws(HeadError) -> Int {
    guard size > 0 else { throw inconsistent("\(key) is \(size)") }
    return size
  }

  func reading<Value>(
    _ body: () throws(JSONError) -> Value
  ) throws(HeadError) -> Value {
    do {
      return try body()
    } catch {
      throw .invalidDescription(file: file, error)
    }
  }

  func unsupported(_ what: String) -> HeadError { .unsupported(file: file, what: what) }
  func inconsistent(_ reason: String) -> HeadError {
    .inconsistent(file: file, reason: reason)
  }
}
