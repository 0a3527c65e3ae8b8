import JSON
import Safetensors
import Tensor
import TestSupport
import Testing
import Tokenizers

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A copy of a reference model with some files exchanged; nil takes a file away.
func changed(_ model: String, _ files: [String: String?]) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  let source = Checkout.models.appending(path: model)
  for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
    if case .some = files[name] { continue }
    try folder.copy(source.appending(path: name), to: name)
  }
  for (name, content) in files {
    if let content { try folder.write(content, to: name) }
  }
  return folder
}

/// A configuration of a reference model with some keys exchanged; `null` takes a key away.
func configuration(
  _ model: String, _ changes: [String: JSONValue]
) throws -> String {
  let url = Checkout.models.appending(path: "\(model)/config.json")
  guard case .object(var object) = try JSONValue(parsing: [UInt8](Data(contentsOf: url))) else {
    return ""
  }
  for (key, value) in changes { object[key] = value == .null ? nil : value }
  return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
}

/// The message of an error, `no error` where there is none.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

@Suite struct SentenceTransformerFolderTests {
  static func modules(_ extra: String) -> String {
    """
    [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
    \(extra)]
    """
  }

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

  @Test func `vectors are cut to truncate_dim`() throws {
    let folder = try changed(
      "pooling-cls-normalized", ["config_sentence_transformers.json": #"{"truncate_dim": 3}"#])
    let encoder = try SentenceEncoder(contentsOf: folder.url)
    let whole = try SentenceEncoder(
      contentsOf: Checkout.models.appending(path: "pooling-cls-normalized"))
    #expect(encoder.dimension == 3)
    #expect(
      try encoder.embed(["the cat"])[0].vector
        == Array(whole.embed(["the cat"])[0].vector.prefix(3)))
  }

  @Test func `Dropout does nothing, and LayerNorm is PyTorch's`() throws {
    let extra = """
      , {"idx": 2, "name": "2", "path": "2_Dropout",
      "type": "sentence_transformers.sentence_transformer.modules.dropout.Dropout"},
      {"idx": 3, "name": "3", "path": "3_LayerNorm",
      "type": "sentence_transformers.models.LayerNorm"}
      """
    let folder = try changed("pooling-mean-sqrt-length", ["modules.json": Self.modules(extra)])
    try folder.write(#"{"dropout": 0.2}"#, to: "2_Dropout/config.json")
    try folder.write(#"{"dimension": 8}"#, to: "3_LayerNorm/config.json")
    let weight: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    let bias = weight.map { $0 / 8 }
    var writer = try SafetensorsWriter(
      folder.url.appending(path: "3_LayerNorm/model.safetensors"),
      tensors: [.init("norm.weight", .float32, [8]), .init("norm.bias", .float32, [8])])
    try writer.write(weight)
    try writer.write(bias)
    try writer.finish()
    let vector = try SentenceEncoder(contentsOf: folder.url).embed(["the cat"])[0].vector
    let x = try SentenceEncoder(
      contentsOf: Checkout.models.appending(path: "pooling-mean-sqrt-length")
    ).embed(["the cat"])[0].vector.map(Double.init)
    let mean = x.reduce(0, +) / 8
    let deviation = (x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 8 + 1e-5).squareRoot()
    let expected = x.indices.map {
      Float((x[$0] - mean) / deviation) * weight[$0] + bias[$0]
    }
    #expect(largestDifference(vector, expected) < 1e-5)
  }

  @Test(arguments: [
    ("SiLU", [-0.2689414, 0, 1.7615942]), ("LeakyReLU", [-0.01, 0, 2]),
    ("ELU", [-0.6321206, 0, 2]), ("CELU", [-0.6321206, 0, 2]),
    ("SELU", [-1.1113307, 0, 2.101402]), ("ReLU6", [0, 0, 2]),
    ("Mish", [-0.30340147, 0, 1.9439590]), ("Softplus", [0.3132617, 0.6931472, 2.126928]),
    ("Softsign", [-0.5, 0, 0.6666667]), ("Softshrink", [-0.5, 0, 1.5]),
    ("Tanhshrink", [-0.23840584, 0, 1.0359724]), ("Hardtanh", [-1, 0, 1]),
    ("Hardsigmoid", [0.3333333, 0.5, 0.8333333]), ("Hardswish", [-0.3333333, 0, 1.6666666]),
    ("Hardshrink", [-1, 0, 2]), ("LogSigmoid", [-1.3132616, -0.6931472, -0.12692805]),
    ("Softmax", [0.04201007, 0.11419520, 0.8437947]), ("Identity", [-1, 0, 2]),
    ("GELU", [-0.15865526, 0, 1.9544997]), ("Sigmoid", [0.2689414, 0.5, 0.880797]),
    ("Tanh", [-0.7615942, 0, 0.9640276]), ("ReLU", [0, 0, 2]),
  ])
  func `Dense has PyTorch's activations`(name: String, expected: [Float]) throws {
    let activation = try #require(DenseActivation("torch.nn.modules.activation.\(name)"))
    let values = Matrix([-1, 0, 2], rows: 1, columns: 3)
    Kernels(.swift).activate(values, activation.kernel)
    #expect(largestDifference(activation.finish(values[row: 0]), expected) < 2e-6)
  }

  @Test(arguments: [
    (#""activation_function": "torch.nn.modules.activation.GLU""#, "activation_function"),
    (#""activation_function": "novel.Swish""#, "activation_function"),
    (#""module_input_name": "token_embeddings""#, "module_input_name"),
  ])
  func `what Dense does not do is an error with the key`(key: String, name: String) throws {
    let folder = try changed(
      "pooling-dense-tanh-normalized",
      ["2_Dense/config.json": #"{"in_features": 8, "out_features": 5, \#(key)}"#])
    let message = message { _ = try SentenceEncoder(contentsOf: folder.url) }
    #expect(message.contains("2_Dense/config.json: \(name)"), "\(message)")
  }

  @Test(arguments: [
    (#""type": "novel.modules.Pooling""#, "type = novel.modules.Pooling"),
    (#""type": "sentence_transformers.models.WeightedLayerPooling""#, "WeightedLayerPooling"),
  ])
  func `a module of another package is not taken for ours`(type: String, expected: String) throws {
    let folder = try changed(
      "pooling-cls-normalized",
      ["modules.json": Self.modules(#", {"name": "2", "path": "1_Pooling", \#(type)}"#)])
    let message = message { _ = try SentenceEncoder(contentsOf: folder.url) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `the encoder's class had other names before version 1`() throws {
    let folder = try changed(
      "pooling-cls-normalized",
      [
        "modules.json": Self.modules("")
          .replacing("models.Transformer", with: "models.BERT")
      ])
    #expect(try SentenceEncoder(contentsOf: folder.url).dimension == 8)
  }

  @Test(arguments: [
    #""novelty": 1"#, #""transformer_task": "fill-mask""#,
    #""processor_kwargs": {"padding_side": "left"}"#, #""model_args": {"novelty": 1}"#,
    #""modality_config": {"image": {"method": "forward"}}"#,
  ])
  func `what the encoder's file asks for and is not followed is an error`(key: String) throws {
    let folder = try changed(
      "pooling-cls-normalized", ["sentence_bert_config.json": "{\(key)}"])
    let message = message { _ = try SentenceEncoder(contentsOf: folder.url) }
    let name = key.split(separator: "\"").first ?? ""
    #expect(message.contains("sentence_bert_config.json: \(name)"), "\(message)")
  }

  @Test func `what changes no vector may stand in the encoder's file`() throws {
    let folder = try changed(
      "pooling-cls-normalized",
      [
        "sentence_bert_config.json": """
        {"max_seq_length": 9, "do_lower_case": false, "unpad_inputs": null, "model_args": {},
        "model_kwargs": {"attn_implementation": "sdpa"}, "processor_kwargs": {},
        "transformer_task": "feature-extraction", "module_output_name": "token_embeddings",
        "modality_config": {"text": {"method": "forward",
        "method_output_name": "last_hidden_state"}}}
        """
      ])
    #expect(try SentenceEncoder(contentsOf: folder.url).input.limit() == 9)
  }

  @Test func `a pooling's unknown key is named`() throws {
    let folder = try changed(
      "pooling-cls-normalized",
      ["1_Pooling/config.json": #"{"word_embedding_dimension": 8, "pooling_mode_cls": true}"#])
    let message = message { _ = try SentenceEncoder(contentsOf: folder.url) }
    #expect(message.contains("1_Pooling/config.json: unknown key pooling_mode_cls"), "\(message)")
  }
}

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
