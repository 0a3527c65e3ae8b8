import JSON
import Safetensors
import Testing

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The small random models of `Tests/Fixtures/transformers`, with what transformers makes of them.
struct ReferenceModel: CustomTestStringConvertible, Sendable {
  let name: String

  static let models = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/transformers/models")

  static func all(_ isWanted: (String) -> Bool) -> [ReferenceModel] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
    return names.sorted().filter(isWanted).map(ReferenceModel.init)
  }

  var url: URL { Self.models.appending(path: name) }
  var testDescription: String { name }

  func json() throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: url.appending(path: "golden.json"))))
  }

  func goldens() throws -> Checkpoint {
    try Checkpoint(contentsOf: url.appending(path: "golden.safetensors"))
  }

  func inputs(_ json: JSONValue) throws -> [TokenSequence] {
    let ids = try json.array("inputs").map { try $0.ints().map(Int32.init) }
    let types = try json.optionalArray("type_ids")?.map { try $0.ints().map(Int32.init) }
    return ids.enumerated().map { TokenSequence($1, typeIDs: types?[$0]) }
  }
}

/// The greatest distance between two vectors' components.
func difference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  // NaN must not pass.
  return zip(a, b).reduce(0) { worst, pair in
    let distance = abs(pair.0 - pair.1)
    return distance <= worst ? worst : distance
  }
}

@Suite("Hidden states are those of transformers")
struct HiddenStateTests {
  static let tolerance: Float = 2e-5

  @Test("within 2e-5", arguments: ReferenceModel.all { !$0.hasPrefix("pooling") })
  func hiddenStates(of model: ReferenceModel) throws {
    let json = try model.json()
    let goldens = try model.goldens()
    let encoder = try Encoder(contentsOf: model.url)
    let rows = try json.array("rows").map { try $0.ints() }
    let states = try encoder.hiddenStates(of: try model.inputs(json))
    #expect(states.count == rows.count)
    for (message, rows) in rows.enumerated() where goldens.contains("hidden.\(message)") {
      let expected = try goldens.tensor(named: "hidden.\(message)").floats()
      let actual = rows.flatMap { states[message][$0] }
      #expect(difference(actual, expected) <= Self.tolerance, "message \(message)")
    }
  }
}
