internal import Tensor

/// MPNet (arXiv:2004.09297): BERT without token types, and one table of relative biases for all layers
/// besides the absolute positions.
struct MPNet: Family {
  static let modelTypes = ["mpnet"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let buckets: Int
  /// The reference has this number in its code, whatever `pad_token_id` is.
  private static let padding = 1

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try BERTConfiguration(file, defaults: .init(vocabulary: 30_527))
    buckets = try file.size(
      "relative_attention_num_buckets", default: DistanceBias.bucketCount,
      in: DistanceBias.bucketCount...1 << 24)
    guard config.positions > Self.padding + 1 else {
      throw file.unsupported("max_position_embeddings", "\(config.positions)")
    }
  }

  private var maximumTokens: Int { config.positions - Self.padding - 1 }

  var shape: EncoderShape { config.shape(typeCount: 0, maximumTokens: maximumTokens) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let embeddings = try config.embeddings(
      weights["embeddings"], from: .behindPadding(Int32(Self.padding)), typeCount: 0)
    let bias = DistanceBias(
      try weights["encoder"].matrix(
        "relative_attention_bias.weight", rows: buckets, columns: config.heads),
      maximum: maximumTokens)
    let layers = try weights["encoder.layer"].layers(config.layerCount) {
      (weights) throws(TransformerError) in
      let attention = try config.attention(
        weights["attention.attn"], query: "q", key: "k", value: "v", output: "o",
        position: .bias(bias))
      return try config.layer(weights, attention, norm: "attention.LayerNorm")
    }
    return EncoderParts(embeddings: embeddings, layers: layers)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try .twoLayers(weights["classifier"], hidden: config.hidden, labels: labels)
  }
}
