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

/// The public moderation models that people bring: their sets of files and configurations, with small
/// random weights, and what transformers makes of texts with them.
@Suite("Published models")
struct PublishedModelTests {
  struct Model: CustomTestStringConvertible, Sendable {
    let url: URL
    let golden: JSONValue

    var testDescription: String { (try? golden.string("name")) ?? url.lastPathComponent }
    var error: String? { try? golden.string("error") }
  }

  static let folder = Checkout.fixtures("transformers/published")

  static let models: [Model] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let url = folder.appending(path: name)
      guard let data = try? Data(contentsOf: url.appending(path: "golden.json")),
        let golden = try? JSONValue(parsing: [UInt8](data))
      else { return nil }
      return Model(url: url, golden: golden)
    }
  }()

  private func texts(_ model: Model, _ input: ModelTokenizer) throws -> [TokenSequence] {
    let texts = try model.golden.strings("texts")
    let ids = try model.golden.array("ids").map { try $0.ints().map(Int32.init) }
    return zip(texts, ids).map { text, ids in
      let sequence = input.encode(ModelInput(text: text)).sequence
      #expect(sequence.ids == ids, "of \(text)")
      return sequence
    }
  }

  private func expect(_ actual: [[Float]], _ expected: [JSONValue]) throws {
    try #require(actual.count == expected.count)
    for (actual, expected) in zip(actual, expected) {
      let expected = try expected.array().map { try Float($0.double()) }
      #expect(largestDifference(actual, expected) <= 2e-5)
    }
  }

  @Test(arguments: models.filter { $0.error == nil && $0.golden["logits"] != nil })
  func `a classifier gives the logits of transformers, from the text on`(_ model: Model) throws {
    let classifier = try SequenceClassifier(contentsOf: model.url)
    let logits = try classifier.logits(of: texts(model, classifier.input))
    try expect(logits, model.golden.array("logits"))
    #expect(classifier.labels.count == logits[0].count)
  }

  @Test(arguments: models.filter { $0.error == nil && $0.golden["mean"] != nil })
  func `an encoder gives the mean of the states of transformers`(_ model: Model) throws {
    let encoder = try SentenceEncoder(contentsOf: model.url)
    let vectors = try encoder.embed(texts(model, encoder.input))
    try expect(vectors, model.golden.array("mean"))
  }

  @Test(arguments: models.filter { $0.error != nil })
  func `what cannot run ends in an error that names the cause`(_ model: Model) throws {
    let error = #expect(throws: TransformerError.self) {
      try SequenceClassifier(contentsOf: model.url)
    }
    let words = try #require(model.error)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
  }

  @Test func `a model that writes text may be an encoder, and no classifier`() throws {
    let folder = Self.folder.appending(path: "Qwen--Qwen3Guard-Gen-0.6B")
    let description = try ModelDescription(contentsOf: folder)
    #expect(description.kind == .sentenceEncoder)
    #expect(throws: TransformerError.self) { try description.requireNoGeneration() }
  }

  @Test func `every model of the table is here`() { #expect(Self.models.count == 35) }

  @Test func `tokens that the model has no words for are an error that says whose they are`() throws
  {
    let bert = Self.folder.appending(path: "tomh--toxigen_hatebert")
    let folder = try TemporaryFolder()
    for name in ["config.json", "pytorch_model.bin", "vocab.json", "merges.txt"] {
      try folder.copy(bert.appending(path: name), to: name)
    }
    try folder.write(#"{"tokenizer_class": "GPT2Tokenizer"}"#, to: "tokenizer_config.json")
    let message = message { _ = try SequenceClassifier(contentsOf: folder.url) }
    #expect(message.contains("100 of the tokenizer's 301 tokens"), "\(message)")
    #expect(message.contains("vocab_size = 200"), "\(message)")
    #expect(message.contains("of the model that this one was trained from"), "\(message)")
    // Its tokens can be had all the same.
    #expect(try ModelTokenizer(contentsOf: folder.url).tokenizer.vocabularyCount == 301)
  }

  @Test(arguments: [
    ("config.json", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ("config.json", "<!DOCTYPE html>", "an HTML or XML page"),
    ("pytorch_model.bin", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ("pytorch_model.bin", "<html>", "an HTML or XML page"),
    ("vocab.json", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ("special_tokens_map.json", "<html>", "an HTML or XML page"),
  ])
  func `a file that holds something else is named, with the remedy`(
    file: String, content: String, expected: String
  ) throws {
    let source = Self.folder.appending(path: "cardiffnlp--twitter-roberta-base-hate")
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where name != file
    {
      try folder.copy(source.appending(path: name), to: name)
    }
    try folder.write(content, to: file)
    let message = message { _ = try SequenceClassifier(contentsOf: folder.url) }
    #expect(message.contains(file) && message.contains(expected), "\(message)")
  }
}
