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

/// The files beside the weights of a sentence-transformers model.
@Suite struct SentenceTransformerFolderTests {
  @Test(arguments: [
    "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
    "sentence_camembert_config.json", "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
  ])
  func `the encoder's file has seven names`(name: String) throws {
    var files: [String: String?] = ["sentence_bert_config.json": nil as String?]
    files[name] = .some(#"{"max_seq_length": 5}"#)
    let folder = try changed("pooling-cls-normalized", files)
    #expect(try SentenceEncoder(contentsOf: folder.url).input.limit() == 5)
  }

  @Test func `the first of these files that says anything counts`() throws {
    let folder = try changed(
      "pooling-cls-normalized",
      [
        "sentence_bert_config.json": "{}",
        "sentence_roberta_config.json": #"{"max_seq_length": 6}"#,
        "sentence_xlnet_config.json": #"{"max_seq_length": 7}"#,
      ])
    #expect(try ModelTokenizer(contentsOf: folder.url).limit() == 6)
  }

  @Test(arguments: ["modules.json", "sentence_bert_config.json"])
  func `a file that is a link to nothing is an error, not one that was never there`(name: String)
    throws
  {
    let folder = try changed("pooling-mean-normalized", [name: nil])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(of: name), withDestinationPath: "../../blobs/lost")
    #expect(message { _ = try SentenceEncoder(contentsOf: folder.url) }.contains(name))
  }

  @Test func `a bare encoder has none of these files`() throws {
    let folder = try changed(
      "pooling-bare",
      [
        "sentence_bert_config.json": #"{"max_seq_length": 5}"#,
        "config_sentence_transformers.json": #"{"default_prompt_name": "novel"}"#,
      ])
    let description = try ModelDescription(contentsOf: folder.url)
    #expect(description.maximumTokens == 20)
    #expect(description.modules == ["mean"])
  }

  @Test(arguments: [(JSONValue.null, "lasttoken"), (.bool(false), "mean")])
  func `a bare causal model is read at its last token`(
    isCausal: JSONValue, mode: String
  ) throws {
    let folder = try changed(
      "pooling-bare",
      [
        "config.json": configuration(
          "pooling-bare", ["architectures": .array(["BertForCausalLM"]), "is_causal": isCausal])
      ])
    #expect(try ModelDescription(contentsOf: folder.url).modules == [mode])
  }

  @Test func `special tokens are found before a text is put in lower case`() throws {
    let folder = try changed(
      "pooling-cls-normalized",
      [
        "sentence_bert_config.json": #"{"do_lower_case": true}"#,
        "tokenizer.json": String(
          decoding: Data(
            contentsOf: Checkout.models.appending(path: "pooling-cls-normalized/tokenizer.json")),
          as: UTF8.self
        ).replacing(#""lowercase": true"#, with: #""lowercase": false"#),
      ])
    let input = try ModelTokenizer(contentsOf: folder.url)
    let mask = try #require(input.tokenizer.maskID)
    let ids = input.encode(ModelInput(text: "THE [MASK] Cat")).sequence.ids
    #expect(ids == input.encode(ModelInput(text: "the [MASK] cat")).sequence.ids)
    #expect(ids.contains(mask))
  }

  @Test func `a length beyond the positions is cut to them`() throws {
    let folder = try changed(
      "pooling-cls-normalized", ["sentence_bert_config.json": #"{"max_seq_length": 22}"#])
    let encoder = try SentenceEncoder(contentsOf: folder.url)
    #expect(encoder.input.limit() == 20)
    let text = Array(repeating: "cat", count: 40).joined(separator: " ")
    let embedding = try encoder.embed([text])[0]
    #expect(embedding.tokenCount == 20)
    #expect(embedding.isTruncated)
  }

  @Test(arguments: [
    #"{}"#, #"{"prompts": {}, "default_prompt_name": "document"}"#,
    #"{"prompts": {"query": null}, "default_prompt_name": "query"}"#,
  ])
  func `the prompts query and document always exist`(file: String) throws {
    let folder = try changed(
      "pooling-cls-normalized", ["config_sentence_transformers.json": file])
    let encoder = try SentenceEncoder(contentsOf: folder.url)
    let plain = try encoder.embed(["the cat"])[0].vector
    for name in ["query", "document", nil] {
      #expect(try encoder.embed(["the cat"], prompt: name)[0].vector == plain)
    }
    let message = message { _ = try encoder.embed(["the cat"], prompt: "novel") }
    #expect(message.contains("no prompt named novel; known: document, query"))
  }

  @Test func `a prompt is left out of the pooling, whether named or written`() throws {
    let encoder = try SentenceEncoder(
      contentsOf: Checkout.models.appending(path: "pooling-prompt-left-out"))
    let prompt = try #require(encoder.input.prompts["query"])
    let named = try encoder.embed(["the cat", "the dog"], prompt: "query").map(\.vector)
    let written = try encoder.embed([
      ModelInput(prompt: prompt, text: "the cat"), ModelInput(prompt: prompt, text: "the dog"),
    ]).map(\.vector)
    #expect(named == written)
    #expect(named != (try encoder.embed([prompt + "the cat", prompt + "the dog"]).map(\.vector)))
    // Messages with prompts of several lengths go back to their places.
    let mixed = try encoder.embed([
      ModelInput(prompt: prompt, text: "the cat"), ModelInput(prompt: "", text: "the dog"),
      ModelInput(prompt: prompt, text: "the dog"),
    ]).map(\.vector)
    #expect([mixed[0], mixed[2]] == named)
    #expect(mixed[1] == (try encoder.embed(["the dog"], prompt: "none")[0].vector))
  }

  @Test func `token types reach the encoder only where the tokenizer gives them`() throws {
    let model = "pooling-mean-normalized"
    let url = Checkout.models.appending(path: "\(model)/tokenizer.json")
    let tokenizer = String(
      decoding: try JSONValue(parsing: [UInt8](Data(contentsOf: url))).encoded(), as: UTF8.self
    ).replacing(#""id":"A","type_id":0"#, with: #""id":"A","type_id":1"#)
    func vector(_ names: String) throws -> [Float] {
      let folder = try changed(
        model,
        [
          "tokenizer.json": tokenizer,
          "tokenizer_config.json": #"{"tokenizer_class": "BertTokenizer"\#(names)}"#,
        ])
      return try SentenceEncoder(contentsOf: folder.url).embed(["the cat"])[0].vector
    }
    let without = try vector(#", "model_input_names": ["input_ids", "attention_mask"]"#)
    #expect(try vector("") != without)
    let plain = try SentenceEncoder(contentsOf: Checkout.models.appending(path: model))
    #expect(without == (try plain.embed(["the cat"])[0].vector))
  }
}
