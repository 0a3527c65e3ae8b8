import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenizers

/// Files beside the tests: what the reference library made of small tokenizers.
enum Fixtures {
  static let root = Checkout.fixtures("tokenizers")

  static func golden(_ name: String) throws -> JSONValue {
    let file = root.appending(path: "goldens/\(name).json")
    return try JSONValue(
      parsing: [UInt8](try Data(contentsOf: file)), options: JSONOptions(loneSurrogates: .replace))
  }

  static func names(_ prefix: String) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "goldens").path)
    return (files ?? []).filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  /// The texts of the goldens that have none of their own; lone surrogates read as U+FFFD.
  static func texts() throws -> [String] { try golden("texts").strings("texts") }

  static func tokenizer(_ golden: JSONValue) throws -> Tokenizer {
    try Tokenizer(json: golden.value("tokenizer").encoded())
  }

  /// The folder of shared data, which is not part of the project.
  static let data = Checkout.data

  static let hasData = FileManager.default.fileExists(
    atPath: data.appending(path: "tokenizers").path)
}

/// Compares an encoding with the reference library's.
func expect(
  _ encoding: Encoding, _ expected: JSONValue, _ text: String, pair: String? = nil,
  comparesTypes: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let comment = Comment(rawValue: "of \(text.debugDescription.prefix(80))")
  #expect(
    encoding.ids.map(Int.init) == (try expected.ints("ids")), comment,
    sourceLocation: sourceLocation)
  let offsets = encoding.scalarOffsets(in: text, pair: pair)
    .flatMap { [$0.lowerBound, $0.upperBound] }
  #expect(
    offsets == (try expected.ints("offsets")), comment, sourceLocation: sourceLocation)
  let zeros = [Int](repeating: 0, count: encoding.count)
  if comparesTypes {
    let types = expected["types"] == nil ? zeros : try expected.ints("types")
    #expect(encoding.typeIDs.map(Int.init) == types, comment, sourceLocation: sourceLocation)
  }
  let special = expected["special"] == nil ? zeros : try expected.ints("special")
  #expect(
    encoding.specialTokensMask.map(Int.init) == special, comment, sourceLocation: sourceLocation)
}
