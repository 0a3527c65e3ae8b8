import Foundation
import JSON
import Safetensors
import Tensor
import TestSupport
import Testing
import Tokenizers

@testable import Transformer

/// One beyond each limit of the table in TrustAndLimits.
@Suite struct LimitTests {
  private func message(_ configuration: String) -> String {
    do {
      _ = try ConfigurationFile(
        path: "config.json", value: JSONValue(parsing: Array(configuration.utf8))
      ).family()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(
    arguments: [
      "vocab_size", "hidden_size", "num_attention_heads", "intermediate_size",
      "max_position_embeddings", "type_vocab_size",
    ])
  func `row "sizes in config.json": one more is refused`(key: String) {
    #expect(
      message(#"{"model_type": "bert", "\#(key)": 16777217}"#)
        == "config.json: \(key) = 16777217 is not supported")
  }

  @Test func `row "layers": the 4,097th is refused`() {
    #expect(message(#"{"model_type": "bert", "num_hidden_layers": 4096}"#) == "no error")
    #expect(
      message(#"{"model_type": "bert", "num_hidden_layers": 4097}"#)
        == "config.json: num_hidden_layers = 4097 is not supported")
  }

  @Test(arguments: ["deberta", "deberta-v2"])
  func `row "relative positions": tables of more than 4 GiB are refused`(type: String) {
    // 4 · distances · 1024 · 16 layers are 2^30 numbers for 2^14 distances.
    func file(_ distances: Int) -> String {
      """
      {"model_type": "\(type)", "hidden_size": 1024, "num_attention_heads": 16,
       "num_hidden_layers": 16, "relative_attention": true, "max_relative_positions": \(distances)}
      """
    }
    #expect(message(file(1 << 14)) == "no error")
    let error = message(file(1 << 14 + 1))
    #expect(error.contains("max_relative_positions = 16385 is not supported"), "\(error)")
  }

  @Test func `row "labels": the 10,001st is refused`() throws {
    func labels(_ text: String) -> String {
      do {
        let count = try SequenceClassifier.labels(
          ConfigurationFile(path: "config.json", value: JSONValue(parsing: text))
        ).count
        return "\(count)"
      } catch { return "\(error)" }
    }
    #expect(labels(#"{"num_labels": 10000}"#) == "10000")
    #expect(labels(#"{"num_labels": 10001}"#).contains("num_labels = 10001 is not supported"))
    let names = (0...10_000).map { #""\#($0)": "l\#($0)""# }.joined(separator: ", ")
    #expect(labels("{\"id2label\": {\(names)}}").contains("id2label = 10001 labels"))
    #expect(labels(#"{"id2label": {"1099511627776": "a"}}"#).contains("id2label = 1099511627776"))
  }

  @Test func `row "modules": the 65th, and a seventh mode of pooling, are refused`() throws {
    try withTemporaryFolder { folder in
      try Data(#"{"model_type": "bert"}"#.utf8).write(to: folder.appending(path: "config.json"))
      let pooling = folder.appending(path: "pooling")
      try FileManager.default.createDirectory(at: pooling, withIntermediateDirectories: true)
      func message(modules: Int, modes: Int = 1) throws -> String {
        let names = Array(repeating: #""mean""#, count: modes).joined(separator: ", ")
        try Data("{\"pooling_mode\": [\(names)]}".utf8)
          .write(to: pooling.appending(path: "config.json"))
        let prefix = "sentence_transformers.models."
        let rest = Array(repeating: #"{"type": "\#(prefix)Normalize"}"#, count: modules - 2)
        let all = [
          #"{"type": "\#(prefix)Transformer"}"#,
          #"{"type": "\#(prefix)Pooling", "path": "pooling"}"#,
        ]
        try Data("[\((all + rest).joined(separator: ", "))]".utf8)
          .write(to: folder.appending(path: "modules.json"))
        do {
          _ = try SentenceTransformerConfiguration(folder)
          return "no error"
        } catch { return "\(error)" }
      }
      #expect(try message(modules: 64, modes: 6) == "no error")
      #expect(try message(modules: 65).contains("names 65 modules; at most 64 are read"))
      #expect(try message(modules: 2, modes: 7).contains("pooling_mode = 7 modes"))
    }
  }

  @Test func `row "static embeddings": tables that are laid out anew are bounded`() throws {
    /// A file of zeros that takes no room.
    func message(_ tensors: [(name: String, type: String, shape: [Int], bytes: Int)]) throws
      -> String
    {
      var message = "no error"
      try withTemporaryFolder { folder in
        try Data(#"{"model_type": "model2vec"}"#.utf8)
          .write(to: folder.appending(path: "config.json"))
        var offset = 0
        let entries = tensors.map { tensor in
          defer { offset += tensor.bytes }
          return """
            "\(tensor.name)": {"dtype": "\(tensor.type)", "shape": \(tensor.shape),
            "data_offsets": [\(offset), \(offset + tensor.bytes)]}
            """
        }
        let header = Array("{\(entries.joined(separator: ", "))}".utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        let url = folder.appending(path: "model.safetensors")
        try Data(length + header).write(to: url)
        #expect(unsafe truncate(url.path, off_t(8 + header.count + offset)) == 0)
        do {
          _ = try ConfigurationFile(folder.appending(path: "config.json")).family()
        } catch { message = "\(error)" }
      }
      return message
    }
    func table(_ columns: Int, tokens: Int) throws -> String {
      try message([
        ("embeddings", "F32", [1, columns], 4 * columns), ("mapping", "U8", [tokens], tokens),
      ])
    }
    #expect(try table(1 << 10, tokens: 1 << 20) == "no error")
    #expect(
      try table(1 << 10 + 1, tokens: 1 << 20).contains(
        "embeddings of 1048576 tokens with 1025 numbers each"))
    #expect(
      try message([("embeddings", "F32", [1 << 40, 0], 0)])
        .contains("embeddings of 1099511627776 tokens with 0 numbers each"))
  }

  @Test func `row "matrices that an adapter changes": the 4,097th is refused`() throws {
    try withTemporaryFolder { folder in
      try Data(#"{"peft_type": "LORA"}"#.utf8)
        .write(to: folder.appending(path: "adapter_config.json"))
      let names = (0...4096).map { "base_model.model.layer.\($0).lora_A.weight" }
      var writer = try SafetensorsWriter(
        folder.appending(path: "adapter_model.safetensors"),
        tensors: names.map { .init($0, .float32, [1, 1]) })
      for _ in names { try writer.write([Float(1)]) }
      try writer.finish()
      let adapter = try LoRA(AdapterFolder(named: folder.path, of: folder))
      let base = try Checkpoint(contentsOf: Checkout.models.appending(path: "bert-head-1"))
      #expect {
        _ = try adapter.merged(into: base, Processor())
      } throws: {
        "\($0)".contains("adapts 4097 matrices; at most 4096 are read")
      }
    }
  }

  @Test func `row "tokens of one input": whatever the files say, a text is cut there`() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        at: StandIns.tokenizer, to: folder.appending(path: "tokenizer.json"))
      let input = try ModelTokenizer(contentsOf: folder)
      #expect(ModelTokenizer.mostTokens == 131_072)
      #expect(input.limit() == 131_072)
      #expect(input.limit(1 << 40) == 131_072)
      let text = String(repeating: "a ", count: 131_072)
      let encoding = input.encode(ModelInput(text: text)).encoding
      #expect(encoding.ids.count == 131_072 && encoding.isTruncated)
    }
  }

  @Test func `row "a text": an encoder refuses one byte more, its prompt included`() throws {
    let encoder = try SentenceEncoder(
      contentsOf: Checkout.fixtures("transformers/static/normalized"))
    let limit = Tokenizer.longestText
    #expect(limit == 4 << 20)
    let longest = String(repeating: " ", count: limit)
    #expect(try encoder.embed([longest]).count == 1)
    #expect(throws: TransformerError.textTooLong(bytes: limit + 1, limit: limit)) {
      try encoder.embed([ModelInput(prompt: "a", text: longest)])
    }
  }
}
