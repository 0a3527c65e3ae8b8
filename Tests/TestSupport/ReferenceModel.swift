package import JSON
package import Safetensors
import Testing
package import Transformer

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// The small random models of `Tests/Fixtures/transformers`, with what transformers makes of them.
package struct ReferenceModel: CustomTestStringConvertible, Sendable {
  package let name: String

  package static let models = Checkout.models

  package static func all(_ isWanted: (String) -> Bool) -> [ReferenceModel] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
    return names.sorted().filter(isWanted).map(ReferenceModel.init)
  }

  package var url: URL { Self.models.appending(path: name) }
  package var testDescription: String { name }

  package func json() throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: url.appending(path: "golden.json"))))
  }

  package func goldens() throws -> Checkpoint {
    try Checkpoint(contentsOf: url.appending(path: "golden.safetensors"))
  }

  package func inputs(_ json: JSONValue) throws -> [TokenSequence] {
    let ids = try json.array("inputs").map { try $0.ints().map(Int32.init) }
    let types = try json.optionalArray("type_ids")?.map { try $0.ints().map(Int32.init) }
    return ids.enumerated().map { TokenSequence($1, typeIDs: types?[$0]) }
  }
}
