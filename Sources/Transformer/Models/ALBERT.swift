internal import Tensor

/// ALBERT (arXiv:1909.11942): BERT with narrow embeddings, whose layers share their weights in groups.
struct ALBERT: Family {
  static let modelTypes = ["albert"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let typeCount: Int
  private let embeddingSize: Int
  private let groups: Int

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try BERTConfiguration(
      file,
      defaults: .init(
        vocabulary: 30_000, hidden: 4096, heads: 64, inner: 16_384, activation: "gelu_new"))
    typeCount = try file.size("type_vocab_size", default: 2)
    embeddingSize = try file.size("embedding_size", default: 128)
    groups = try file.size("num_hidden_groups", default: 1, in: 1...max(1, config.layerCount))
    // No published model has more than one layer in a group.
    guard try file.size("inner_group_num", default: 1) == 1 else {
      throw file.unsupported("inner_group_num", "anything but 1")
    }
    try file.require("position_embedding_type", is: "absolute")
  }

  var shape: EncoderShape { config.shape(typeCount: typeCount, maximumTokens: config.positions) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let embeddings = try config.embeddings(
      weights["embeddings"], from: .zero, typeCount: typeCount, size: embeddingSize,
      projection: try weights["encoder"].dense(
        "embedding_hidden_mapping_in", inputs: embeddingSize, outputs: config.hidden))
    let shared = try weights["encoder.albert_layer_groups"].layers(groups) {
      (weights) throws(TransformerError) in try layer(weights["albert_layers.0"])
    }
    // The group of a layer is rounded down from a quotient in float64, as in the reference.
    let layersInGroup = Double(config.layerCount) / Double(groups)
    return EncoderParts(
      embeddings: embeddings,
      layers: (0..<config.layerCount).map { shared[Int(Double($0) / layersInGroup)] })
  }

  private func layer(_ weights: WeightScope) throws(TransformerError) -> TransformerLayer {
    let attention = try config.attention(
      weights["attention"], query: "query", key: "key", value: "value", output: "dense")
    return try config.layer(
      weights, attention, norm: "attention.LayerNorm",
      .init(expansion: "ffn", contraction: "ffn_output", norm: "full_layer_layer_norm"))
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let hidden = config.hidden
    return ClassificationHead(
      dense: try encoder.dense("pooler", inputs: hidden, outputs: hidden), .tanh,
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}
