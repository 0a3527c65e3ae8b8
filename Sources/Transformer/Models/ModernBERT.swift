internal import Tensor

/// ModernBERT (arXiv:2412.13663): norms in front, rotary positions, a gated feed-forward network, and
/// two of three layers that attend to a window.
struct ModernBERT: Family {
  static let modelTypes = ["modernbert"]
  let root = "embeddings.tok_embeddings.weight"
  private let file: ConfigurationFile
  private let config: BERTConfiguration
  private let norms: (epsilon: Float, hasBias: Bool)
  private let attentionHasBias: Bool
  private let feedForwardHasBias: Bool
  private let layers: [(rotary: Rotary, reach: Reach)]

  init(_ file: ConfigurationFile) throws(TransformerError) {
    self.file = file
    let config = try BERTConfiguration(
      file, defaults: .init(vocabulary: 50_368, layers: 22, inner: 1152),
      names: ["hidden_act": ["hidden_activation"]])
    self.config = config
    norms = (
      try file.number("norm_eps", default: 1e-5), try file.flag("norm_bias", default: false)
    )
    attentionHasBias = try file.flag("attention_bias", default: false)
    feedForwardHasBias = try file.flag("mlp_bias", default: false)

    let headSize = config.hidden / config.heads
    let period = try file.size("global_attn_every_n_layers", default: 3)
    let window = try file.size("local_attention", default: 128)
    let far = try file.rotary(size: headSize, baseKey: "global_rope_theta", default: 160_000)
    // A null base means that of the other layers.
    let isOwn = !file.isNull("local_rope_theta")
    let near = try file.rotary(
      size: headSize, layerType: "sliding_attention",
      baseKey: isOwn ? "local_rope_theta" : "global_rope_theta", default: isOwn ? 10_000 : 160_000)
    let types = try file.layerTypes(config.layerCount) { layer in
      layer % period == 0 ? "full_attention" : "sliding_attention"
    }
    layers = types.map { $0 == "sliding_attention" ? (near, .window(window / 2)) : (far, .all) }
  }

  /// Rotary positions have no table that ends.
  var shape: EncoderShape { config.shape(typeCount: 0, maximumTokens: nil) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let layers = try weights["layers"].layers(config.layerCount) {
      (weights, index) throws(TransformerError) in
      try TransformerLayer(
        attention: Sublayer(
          attention(weights["attn"], self.layers[index].rotary, self.layers[index].reach),
          // The embeddings have been normalised.
          before: index == 0 ? nil : norm(weights, "attn_norm")),
        feedForward: Sublayer(
          feedForward(weights["mlp"]), before: norm(weights, "mlp_norm")))
    }
    let embeddings = Embeddings(
      words: try weights.words(
        "embeddings.tok_embeddings.weight", rows: config.vocabulary, columns: config.hidden),
      norm: try norm(weights, "embeddings.norm"))
    return EncoderParts(
      embeddings: embeddings, layers: layers, norm: try norm(weights, "final_norm"))
  }

  private func norm(_ weights: WeightScope, _ name: String) throws(TransformerError) -> Norm {
    try weights.layerNorm(
      name, size: config.hidden, epsilon: norms.epsilon, hasBias: norms.hasBias)
  }

  private func attention(
    _ weights: WeightScope, _ rotary: Rotary, _ reach: Reach
  ) throws(TransformerError) -> Attention {
    let hidden = config.hidden
    func part(
      _ weights: WeightScope, _ name: String, _ index: Int
    ) throws(TransformerError) -> Linear {
      try weights.linear(
        name, part: index, of: 3, in: "Wqkv", inputs: hidden, outputs: hidden,
        hasBias: attentionHasBias)
    }
    return Attention(
      query: try part(weights, "query", 0), key: try part(weights, "key", 1),
      value: try part(weights.finer, "value", 2),
      output: try weights.linear("Wo", inputs: hidden, outputs: hidden, hasBias: attentionHasBias),
      heads: config.heads, position: .rotary(rotary), reach: reach)
  }

  private func feedForward(_ weights: WeightScope) throws(TransformerError) -> FeedForward {
    let (hidden, inner) = (config.hidden, config.inner)
    func part(_ name: String, _ index: Int) throws(TransformerError) -> Linear {
      try weights.linear(
        name, part: index, of: 2, in: "Wi", inputs: hidden, outputs: inner,
        hasBias: feedForwardHasBias)
    }
    return .gated(
      gate: try part("gate", 0), up: try part("up", 1),
      down: try weights.linear(
        "Wo", inputs: inner, outputs: hidden, hasBias: feedForwardHasBias),
      config.activation)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let pooling = try file.text("classifier_pooling", default: "cls")
    guard ["cls", "mean"].contains(pooling) else {
      throw file.unsupported("classifier_pooling", pooling)
    }
    let hidden = config.hidden
    return ClassificationHead(
      reading: pooling == "cls" ? .first : .mean,
      dense: try weights.dense(
        "head.dense", inputs: hidden, outputs: hidden,
        hasBias: file.flag("classifier_bias", default: false)),
      try file.activation("classifier_activation", default: "gelu"),
      norm: try norm(weights, "head.norm"),
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}
