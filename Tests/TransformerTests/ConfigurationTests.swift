import JSON
import Tensor
import Testing

@testable import Transformer

@Suite("Configurations are read as transformers reads them")
struct ConfigurationTests {
  private func family(_ text: String) throws -> any Family {
    try ConfigurationFile(path: "config.json", value: JSONValue(parsing: Array(text.utf8))).family()
  }

  private func expectRefusal(_ text: String, naming key: String) {
    #expect {
      _ = try family(text)
    } throws: { error in
      "\(error)".contains("config.json") && "\(error)".contains(key)
    }
  }

  static let types = ["bert", "roberta", "xlm-roberta", "camembert", "mpnet", "deberta-v2"]

  @Test(arguments: types)
  func `absent keys take the defaults of the class`(_ type: String) throws {
    let shape = try family(#"{"model_type": "\#(type)"}"#).shape
    let isLarge = type == "deberta-v2"
    #expect(shape.hiddenSize == (isLarge ? 1536 : 768))
    #expect(shape.layerCount == (isLarge ? 24 : 12) && shape.headCount == shape.layerCount)
    #expect(shape.intermediateSize == (isLarge ? 6144 : 3072))
    let vocabularies = ["roberta": 50_265, "mpnet": 30_527, "deberta-v2": 128_100]
    #expect(shape.vocabularySize == vocabularies[type] ?? 30_522)
    #expect(shape.maximumTokens == (type == "bert" || isLarge ? 512 : 510))
  }

  @Test(
    arguments: [
      "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
      "intermediate_size", "max_position_embeddings",
    ], ["1099511627776", "9223372036854775807", "-1", "1e40"])
  func `sizes beyond any model's are errors that name the key`(_ key: String, _ value: String) {
    for type in Self.types {
      expectRefusal(#"{"model_type": "\#(type)", "\#(key)": \#(value)}"#, naming: key)
    }
  }

  @Test(
    arguments: [
      "type_vocab_size", "embedding_size", "position_buckets", "max_relative_positions",
      "conv_kernel_size",
    ])
  func `DeBERTa's own sizes have bounds too`(_ key: String) {
    expectRefusal(
      """
      {"model_type": "deberta-v2", "relative_attention": true, "\(key)": 1099511627776}
      """, naming: key)
  }

  @Test func `a model type that is no family is an error that names it`() {
    expectRefusal(#"{"model_type": "t5"}"#, naming: "model_type = t5")
    expectRefusal("{}", naming: "model_type")
  }

  @Test(arguments: types)
  func `keys that change the shape of weights are refused`(_ type: String) {
    expectRefusal(
      #"{"model_type": "\#(type)", "pruned_heads": {"0": [1]}}"#, naming: "pruned_heads")
    expectRefusal(
      #"{"model_type": "\#(type)", "quantization_config": {"quant_method": "gptq"}}"#,
      naming: "quantization_config")
    #expect(throws: Never.self) {
      try family(
        #"{"model_type": "\#(type)", "pruned_heads": {}, "quantization_config": null}"#)
    }
  }

  @Test(arguments: types)
  func `keys are obeyed or refused only where the architecture reads them`(_ type: String) throws {
    let isRead = ["bert", "roberta", "xlm-roberta", "camembert"].contains(type)
    for (key, value) in [
      ("is_decoder", "true"), ("position_embedding_type", #""relative_key""#),
    ] {
      let text = #"{"model_type": "\#(type)", "\#(key)": \#(value)}"#
      if isRead {
        expectRefusal(text, naming: key)
      } else {
        #expect(throws: Never.self) { try family(text) }
      }
    }
    let padding = try family(#"{"model_type": "\#(type)", "pad_token_id": 5}"#).shape
    let obeys = ["roberta", "xlm-roberta", "camembert"].contains(type)
    #expect(padding.maximumTokens == (obeys ? 506 : type == "mpnet" ? 510 : 512))
  }

  @Test(arguments: ["bert", "mpnet", "deberta-v2"], ["-1", "null", "99999999"])
  func `a padding id that has no effect may be anything`(_ type: String, _ id: String) {
    #expect(throws: Never.self) {
      try family(#"{"model_type": "\#(type)", "pad_token_id": \#(id)}"#)
    }
  }

  @Test func `a padding id without positions behind it is refused`() {
    expectRefusal(
      #"{"model_type": "roberta", "max_position_embeddings": 20, "pad_token_id": 19}"#,
      naming: "pad_token_id")
    expectRefusal(
      #"{"model_type": "mpnet", "max_position_embeddings": 2}"#, naming: "max_position_embeddings")
  }

  @Test func `a table of fewer biases than MPNet counts is refused`() {
    expectRefusal(
      #"{"model_type": "mpnet", "relative_attention_num_buckets": 31}"#,
      naming: "relative_attention_num_buckets")
  }

  @Test(arguments: [(1, -1), (8, 5), (2, 2)])
  func `DeBERTa's buckets that divide by zero are refused`(_ buckets: Int, _ distance: Int) {
    expectRefusal(
      """
      {"model_type": "deberta-v2", "relative_attention": true, "position_buckets": \(buckets),
       "max_relative_positions": \(distance)}
      """, naming: "position_buckets")
  }

  @Test func `every name of an activation that transformers has is the right one, or refused`() {
    let known: [String: Activation] = [
      "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_fast": .geluTanh,
      "gelu_accurate": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "gelu_python_tanh": .geluTanh,
      "relu": .relu, "tanh": .tanh, "silu": .silu, "swish": .silu, "sigmoid": .logistic,
      "linear": .none,
    ]
    for (name, activation) in known { #expect(Activation(transformersName: name) == activation) }
    for name in [
      "gelu_10", "laplace", "leaky_relu", "mish", "quick_gelu", "relu2", "relu6", "prelu", "xielu",
      "GELU", "",
    ] {
      expectRefusal(#"{"model_type": "bert", "hidden_act": "\#(name)"}"#, naming: "hidden_act")
    }
  }

  @Test func `heads that do not divide the hidden size are an error that names both`() {
    let text = #"{"model_type": "bert", "hidden_size": 10, "num_attention_heads": 4}"#
    expectRefusal(text, naming: "hidden_size 10")
    expectRefusal(text, naming: "num_attention_heads 4")
  }
}
