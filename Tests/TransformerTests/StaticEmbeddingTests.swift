import JSON
import Safetensors
import TestSupport
import Testing

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Static embeddings are those of model2vec")
struct StaticEmbeddingTests {
  @Test(arguments: ["normalized", "mapped"])
  func `within 2e-6, without unknown words, and 0 where nothing is left`(_ name: String) throws {
    let folder = Checkout.fixtures("transformers/static").appending(path: name)
    let json = try JSONValue(
      parsing: [UInt8](Data(contentsOf: folder.appending(path: "golden.json"))))
    let expected = try Checkpoint(contentsOf: folder.appending(path: "golden.safetensors"))
      .tensor(named: "embedding").floats()
    let encoder = try SentenceEncoder(contentsOf: folder)
    let found = try encoder.embed(json.strings("texts"))
    #expect(encoder.dimension == 10)
    #expect(largestDifference(found.flatMap(\.vector), expected) <= 2e-6)
    #expect(found[0].vector.allSatisfy { $0 == 0 })
    #expect(found[0].tokenCount == 0)
  }
}
