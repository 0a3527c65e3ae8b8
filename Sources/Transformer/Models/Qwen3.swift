internal import Tensor

/// Qwen3 (arXiv:2505.09388) as an encoder: a causal decoder with a norm of each head's queries and keys.
struct Qwen3: Family {
  static let modelTypes = ["qwen3"]
  let root = DecoderConfiguration.root
  private let config: DecoderConfiguration
  private let rotary: Rotary
  /// Which tokens each layer attends to.
  private let reaches: [Reach]
  private let padding: Int?

  init(_ file: ConfigurationFile) throws(TransformerError) {
    let config = try DecoderConfiguration(
      file,
      .init(
        vocabulary: 151_936, hidden: 4096, layers: 32, heads: 32, keyHeads: 32, headSize: 128,
        inner: 22_016),
      feedForwardHasBias: false)
    self.config = config
    rotary = try file.rotary(size: config.headSize, default: 10_000)
    padding = try file.optionalInteger("pad_token_id")
    try file.require("use_bidirectional_attention", is: false)

    let hasWindow = try file.flag("use_sliding_window", default: false)
    let window = hasWindow ? try file.size("sliding_window", default: 4096) : nil
    let wideLayers = try file.integer("max_window_layers", default: 28)
    let types = try file.layerTypes(config.layerCount) { layer in
      window != nil && layer >= wideLayers ? "sliding_attention" : "full_attention"
    }
    var reaches: [Reach] = []
    for type in types {
      guard type == "sliding_attention" else {
        reaches.append(.causal)
        continue
      }
      guard let window else { throw file.unsupported("layer_types", "\(type) without a window") }
      // The window counts the token itself.
      reaches.append(.causalWindow(window - 1))
    }
    self.reaches = reaches
  }

  var shape: EncoderShape { config.shape }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let layers = try weights["layers"].layers(config.layerCount) {
      (weights, index) throws(TransformerError) in
      try config.layer(
        weights,
        try config.attention(
          weights["self_attn"], normalizesHeads: true, rotary, reaches[index]))
    }
    return try config.parts(weights, layers: layers)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try config.lastTokenHead(weights, padding: padding, labels: labels)
  }
}
