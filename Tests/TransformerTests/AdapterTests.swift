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

@Suite("Adapters merged at load are those of PEFT")
struct AdapterTests {
  private static let folder = Checkout.fixtures("transformers/adapters")

  private struct Case {
    let url: URL
    let inputs: [TokenSequence]
    let rows: [[Int]]
    let adapter: String
    let goldens: Checkpoint

    init(_ name: String) throws {
      url = AdapterTests.folder.appending(path: name)
      let json = try JSONValue(
        parsing: [UInt8](Data(contentsOf: url.appending(path: "golden.json"))))
      inputs = try json.array("inputs").map { TokenSequence(try $0.ints().map(Int32.init)) }
      rows = try json.array("rows").map { try $0.ints() }
      adapter = try json.string("adapter")
      goldens = try Checkpoint(contentsOf: url.appending(path: "golden.safetensors"))
    }
  }

  @Test(arguments: ["jina-eurobert", "jina-qwen3", "bert-rank-stabilised", "modernbert-fused"])
  func `hidden states within 2e-5`(_ name: String) throws {
    let model = try Case(name)
    let encoder = try Encoder(contentsOf: model.url, adapter: model.adapter)
    let states = try encoder.hiddenStates(of: model.inputs)
    for (message, rows) in model.rows.enumerated() {
      let expected = try model.goldens.tensor(named: "hidden.\(message)").floats()
      #expect(largestDifference(rows.flatMap { states[message][$0] }, expected) <= 2e-5)
    }
    // By the path of its folder, too.
    let path = model.url.appending(path: "adapters/\(model.adapter)").path
    let same = try Encoder(contentsOf: model.url, adapter: path)
    #expect(try same.hiddenStates(of: model.inputs) == states)
  }

  @Test func `logits of a head that lies in the adapter's folder`() throws {
    let model = try Case("bert-classifier")
    let folder = try ModelFolder(model.url, adapter: model.adapter)
    let expected = try model.goldens.tensor(named: "logits")
    let head = try folder.head(labels: expected.shape[1])
    let encoder = try Encoder(folder)
    var logits: [Float] = []
    try encoder.forEachMessage(of: model.inputs, only: head.onlyToken) { _, hidden in
      logits += head(hidden, on: encoder.processor)
    }
    #expect(largestDifference(logits, try expected.floats()) <= 2e-5)
  }

  @Test func `an adapter changes the states, and another one to others`() throws {
    let model = try Case("jina-eurobert")
    let (first, second) = (
      try Encoder(contentsOf: model.url, adapter: "classification"),
      try Encoder(contentsOf: model.url, adapter: "retrieval")
    )
    #expect(
      try first.hiddenStates(of: model.inputs) != second.hiddenStates(of: model.inputs))
  }

  @Test func `a model that needs an adapter names those that it has`() throws {
    let model = try Case("jina-eurobert")
    #expect {
      _ = try Encoder(contentsOf: model.url)
    } throws: { "\($0)".contains("classification, retrieval") }
    #expect {
      _ = try Encoder(contentsOf: model.url, adapter: "clustering")
    } throws: {
      "\($0)".contains("\"clustering\"") && "\($0)".contains("classification, retrieval")
    }
  }

  /// The adapter of a model with another configuration, in a folder that goes away.
  private func withAdapter(
    of name: String, _ change: (inout String) -> Void, _ body: (Case, String) throws -> Void
  ) throws {
    let model = try Case(name)
    let source = model.url.appending(path: "adapters/\(model.adapter)")
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "adapter-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.copyItem(at: source, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "adapter_config.json")
    var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    change(&text)
    try Data(text.utf8).write(to: file)
    try body(model, folder.path)
  }

  @Test(arguments: [
    (#""use_dora": false"#, #""use_dora": true"#, "use_dora"),
    (#""peft_type": "LORA""#, #""peft_type": "LOHA""#, "LOHA"),
    (#""fan_in_fan_out": false"#, #""fan_in_fan_out": true"#, "fan_in_fan_out"),
    (#""alpha_pattern": {}"#, #""alpha_pattern": {"query": 3}"#, "alpha_pattern"),
    (#""init_lora_weights": true"#, #""init_lora_weights": "pissa""#, "pissa"),
  ])
  func `what an adapter asks for beyond a sum of products is refused by its key`(
    _ found: String, _ asked: String, _ named: String
  ) throws {
    try withAdapter(of: "bert-rank-stabilised") { text in
      #expect(text.contains(found))
      text.replace(found, with: asked)
    } _: { model, adapter in
      #expect {
        _ = try Encoder(contentsOf: model.url, adapter: adapter)
      } throws: {
        "\($0)".contains("adapter_config.json") && "\($0)".contains(named)
      }
    }
  }

  @Test func `an adapter for another model names the layer that is not there`() throws {
    let bert = try Case("bert-rank-stabilised")
    let other = try Case("jina-qwen3")
    #expect {
      _ = try Encoder(
        contentsOf: bert.url,
        adapter: other.url.appending(path: "adapters/classification").path)
    } throws: { "\($0)".contains("layers.0.") }
  }
}
