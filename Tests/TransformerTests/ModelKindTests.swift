import JSON
import TestSupport
import Testing
import Tokenizers

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a folder is read as: a sentence encoder, a classifier or a tokenizer.
@Suite struct ModelKindTests {
  @Test func `a classifier without architectures is one by its weights`() throws {
    let model = "bert-classifier-single"
    let folder = try changed(
      model, ["config.json": configuration(model, ["architectures": .null])])
    try folder.copy(Checkout.fixtures("transformers/tokenizer-32.json"), to: "tokenizer.json")
    let description = try ModelDescription(contentsOf: folder.url)
    #expect(description.kind == .sequenceClassifier)
    #expect(description.labels?.isEmpty == false)
    #expect(description.modules.isEmpty)
    let encoder = try changed(
      "bert-head-5", ["config.json": configuration("bert-head-5", ["architectures": .null])])
    #expect(try ModelDescription.kind(of: encoder.url) == .sentenceEncoder)
  }

  @Test func `without weights the labels of the configuration decide`() throws {
    let model = "bert-classifier-single"
    let labels = try JSONValue(parsing: Array(#"{"0": "calm", "1": "rude"}"#.utf8))
    let folder = try changed(
      model,
      [
        "model.safetensors": nil as String?, "golden.safetensors": nil as String?,
        "config.json": configuration(model, ["architectures": .null, "id2label": labels]),
      ])
    #expect(try ModelDescription.kind(of: folder.url) == .sequenceClassifier)
  }

  @Test(arguments: [
    (#"{"0": "insult", "1": null}"#, "id2label"), (#"{"0": "a", "2": "b"}"#, "id2label"),
  ])
  func `labels without a name or a place are an error`(labels: String, expected: String) throws {
    let file = ConfigurationFile(
      path: "config.json",
      value: try JSONValue(parsing: Array(#"{"id2label": \#(labels)}"#.utf8)))
    let message = message { _ = try SequenceClassifier.labels(file) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `labels may be numbers`() throws {
    let file = ConfigurationFile(
      path: "config.json",
      value: try JSONValue(parsing: Array(#"{"id2label": {"0": 1, "1": 5}}"#.utf8)))
    #expect(try SequenceClassifier.labels(file) == ["1", "5"])
  }

  @Test func `the positions of the configuration are the limit that only a caller lifts`() throws {
    let model = "deberta-both-own-buckets-8"
    let folder = try changed(
      model, ["config.json": configuration(model, ["max_position_embeddings": 24])])
    try folder.copy(Checkout.fixtures("transformers/tokenizer-32.json"), to: "tokenizer.json")
    let input = try ModelTokenizer(contentsOf: folder.url)
    #expect(input.maximumTokens == nil)
    #expect(input.limit() == 24)
    #expect(input.limit(nil, 100) == 100)
    #expect(input.limit(10, 100) == 10)
    let text = Array(repeating: "cat", count: 40).joined(separator: " ")
    #expect(input.encode(ModelInput(text: text)).encoding.isTruncated)
    let whole = input.encode(ModelInput(text: text), limit: input.limit(100))
    #expect(!whole.encoding.isTruncated)
    // A table of positions is a limit that nobody lifts.
    let bert = try ModelTokenizer(
      contentsOf: Checkout.models.appending(path: "pooling-cls-normalized"))
    #expect(bert.limit(100) == 20)
  }

  @Test func `a folder of a tokenizer alone makes tokens`() throws {
    let folder = try TemporaryFolder()
    try folder.copy(
      Checkout.models.appending(path: "pooling-cls-normalized/tokenizer.json"),
      to: "tokenizer.json")
    let input = try ModelTokenizer(contentsOf: folder.url)
    #expect(input.encode(ModelInput(text: "the cat")).sequence.ids.count == 4)
    #expect(input.limit() == ModelTokenizer.mostTokens)
  }
}
