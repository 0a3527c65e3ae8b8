internal import Tensor

/// The text model of Gemma 3 (arXiv:2503.19786) as an encoder: causal, or attending to both sides as
/// EmbeddingGemma does (arXiv:2509.20354).
struct Gemma3: Family {
  static let modelTypes = ["gemma3_text"]
  let root = DecoderConfiguration.root
  private let config: DecoderConfiguration
  private let scale: Float
  private let layers: [Layer]
  private let padding: Int?

  /// What differs between layers.
  private struct Layer {
    let rotary: Rotary
    let reach: Reach
  }

  init(_ file: ConfigurationFile) throws(TransformerError) {
    let config = try DecoderConfiguration(
      file,
      .init(
        vocabulary: 262_208, hidden: 2304, layers: 26, heads: 8, keyHeads: 4, headSize: 256,
        inner: 9216, activation: "gelu_pytorch_tanh", activationKey: "hidden_activation",
        // Files have the weights of norms less one.
        normOffset: 1),
      feedForwardHasBias: false)
    self.config = config
    scale = 1 / (try file.number("query_pre_attn_scalar", default: 256)).squareRoot()
    padding = try file.optionalInteger("pad_token_id", default: 0)
    try file.requireNone("attn_logit_softcapping")
    layers = try Self.layers(file, config)
  }

  private static func layers(
    _ file: ConfigurationFile, _ config: DecoderConfiguration
  ) throws(TransformerError) -> [Layer] {
    let isCausal = try !file.flag("use_bidirectional_attention", default: false)
    let window = try file.size("sliding_window", default: 4096)
    let pattern = try file.size(
      "sliding_window_pattern", default: file.size("_sliding_window_pattern", default: 6))
    let types = try file.layerTypes(config.layerCount) { layer in
      (layer + 1) % pattern == 0 ? "full_attention" : "sliding_attention"
    }
    let far = Layer(
      rotary: try file.rotary(size: config.headSize, default: 1_000_000),
      reach: isCausal ? .causal : .all)
    let near = Layer(
      rotary: try file.rotary(
        size: config.headSize, layerType: "sliding_attention", baseKey: "rope_local_base_freq",
        default: 10_000, hasScaling: false),
      // The window counts the token itself; to both sides, half of it to either.
      reach: isCausal ? .causalWindow(window - 1) : .window(window / 2))
    return types.map { $0 == "sliding_attention" ? near : far }
  }

  var shape: EncoderShape { config.shape }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let layers = try weights["layers"].layers(config.layerCount) {
      (weights, index) throws(TransformerError) in
      let attention = try config.attention(
        weights["self_attn"], normalizesHeads: true, scale: scale, self.layers[index].rotary,
        self.layers[index].reach)
      return TransformerLayer(
        attention: Sublayer(
          attention, before: try config.norm(weights, "input_layernorm"),
          after: try config.norm(weights, "post_attention_layernorm")),
        feedForward: Sublayer(
          try config.feedForward(weights["mlp"]),
          before: try config.norm(weights, "pre_feedforward_layernorm"),
          after: try config.norm(weights, "post_feedforward_layernorm")))
    }
    return try config.parts(
      weights, wordScale: Float(config.hidden).squareRoot(), layers: layers)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try config.lastTokenHead(weights, padding: padding, labels: labels)
  }
}
