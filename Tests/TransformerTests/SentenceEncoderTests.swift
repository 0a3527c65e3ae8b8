import JSON
import Safetensors
import Tensor
import TestSupport
import Testing

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Embeddings are those of sentence-transformers")
struct SentenceEncoderTests {
  @Test(arguments: ReferenceModel.all { $0.hasPrefix("pooling") })
  func `within 2e-5, with every prompt`(of model: ReferenceModel) throws {
    let json = try model.json()
    let goldens = try model.goldens()
    let encoder = try SentenceEncoder(contentsOf: model.url)
    #expect(encoder.input.maximumTokens == (try json.int("max_seq_length")))
    let texts = try json.strings("texts")
    var compared = 0
    for prompt in [nil] + encoder.input.prompts.keys.sorted().map(Optional.some) {
      let suffix = prompt.map { ".\($0)" } ?? ""
      guard goldens.contains("embedding\(suffix)") else { continue }
      let embeddings = try encoder.embed(texts, prompt: prompt)
      let expected = try goldens.tensor(named: "embedding\(suffix)").floats()
      #expect(largestDifference(embeddings.flatMap(\.vector), expected) <= 2e-5, "prompt \(suffix)")
      #expect(embeddings.allSatisfy { $0.vector.count == encoder.dimension })
      let ids = try json.array("inputs\(suffix)").map { try $0.ints().map(Int32.init) }
      for (embedding, ids) in zip(embeddings, ids) {
        #expect(embedding.tokenCount == ids.count)
      }
      compared += 1
    }
    #expect(compared > 0)
  }

  @Test
  func `a batch gives the bits that each text gives alone`() throws {
    let encoder = try SentenceEncoder(
      contentsOf: ReferenceModel.models.appending(path: "pooling-mean-normalized"))
    let texts = ["", "the cat sat on the mat", "cat", "the dog runs over the fox at noon"]
    let alone = try texts.map { try encoder.embed([$0])[0] }
    #expect(try encoder.embed(texts).map(\.vector) == alone.map(\.vector))
  }
}
