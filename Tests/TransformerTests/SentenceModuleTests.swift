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

/// What follows the encoder of a sentence-transformers model.
@Suite struct SentenceModuleTests {
  static func modules(_ extra: String) -> String {
    """
    [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
    \(extra)]
    """
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
