internal import Tensor

/// NomicBERT (arXiv:2402.01613): BERT's norms, rotary positions, a gated feed-forward network, and no
/// biases in the layers. Reads the published files, which have names of their own, and those that
/// transformers writes.
struct NomicBERT: Family {
  static let modelTypes = ["nomic_bert"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let typeCount: Int
  private let rotary: Rotary
  private let activation: Activation

  init(_ file: ConfigurationFile) throws(TransformerError) {
    // The configuration of the model's first code has GPT-2's keys.
    let isPublished = file.has("n_embd")
    config = try BERTConfiguration(
      file,
      defaults: .init(vocabulary: 30_528),
      names: [
        "hidden_size": ["n_embd", "hidden_size"],
        "num_hidden_layers": ["n_layer", "num_hidden_layers"],
        "num_attention_heads": ["n_head", "num_attention_heads"],
        "intermediate_size": ["n_inner", "intermediate_size"],
        "layer_norm_eps": ["layer_norm_epsilon", "layer_norm_eps"],
      ])
    typeCount = try file.size("type_vocab_size", default: 2)
    let headSize = config.hidden / config.heads
    guard try file.size("head_dim", default: headSize) == headSize else {
      throw file.unsupported("head_dim", "anything but \(headSize)")
    }
    rotary = try file.rotary(
      size: headSize, baseKey: isPublished ? "rotary_emb_base" : "rope_theta",
      default: isPublished ? 10_000 : 1000)
    activation = try Self.activation(file, isPublished: isPublished)
    if isPublished { try Self.refuseOtherLayers(file) }
  }

  /// What the first code can do beyond the published embedding models.
  private static func refuseOtherLayers(_ file: ConfigurationFile) throws(TransformerError) {
    for key in [
      "qkv_proj_bias", "mlp_fc1_bias", "mlp_fc2_bias", "prenorm", "parallel_block",
      "rotary_emb_interleaved", "use_rms_norm", "causal",
    ] {
      try file.require(key, is: false)
    }
    for key in ["rotary_scaling_factor", "rotary_emb_scale_base", "num_experts"] {
      try file.requireNone(key)
    }
    guard try file.number("rotary_emb_fraction", default: 0) == 1 else {
      throw file.unsupported("rotary_emb_fraction", "anything but 1")
    }
  }

  /// The activation of the gate.
  private static func activation(
    _ file: ConfigurationFile, isPublished: Bool
  ) throws(TransformerError) -> Activation {
    guard isPublished else { return try file.activation("hidden_act", default: "silu") }
    let name = try file.text("activation_function", default: "gelu")
    switch name {
    case "swiglu": return .silu
    case "geglu": return .gelu
    case "glu": return .logistic
    // The others have no gate.
    default: throw file.unsupported("activation_function", name)
    }
  }

  var shape: EncoderShape { config.shape(typeCount: typeCount, maximumTokens: nil) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let hidden = config.hidden
    // The files say which names they have: a configuration may have been converted without them.
    let hasPublishedNames = weights.contains("emb_ln.weight")
    let names = hasPublishedNames ? LayerNames.published : .current
    let layers = try weights[names.layers].layers(config.layerCount) {
      (weights) throws(TransformerError) in try layer(weights, names)
    }
    let embeddings = Embeddings(
      words: try weights.words(BERTConfiguration.root, rows: config.vocabulary, columns: hidden),
      types: try weights.matrix(
        "embeddings.token_type_embeddings.weight", rows: typeCount, columns: hidden),
      norm: try norm(weights, hasPublishedNames ? "emb_ln" : "embeddings.LayerNorm"))
    return EncoderParts(embeddings: embeddings, layers: layers)
  }

  private func norm(_ weights: WeightScope, _ name: String) throws(TransformerError) -> Norm {
    try weights.layerNorm(name, size: config.hidden, epsilon: config.epsilon)
  }

  /// What the tensors of a layer are called.
  private struct LayerNames {
    let layers: String
    /// The one matrix of queries, keys and values; nil: there are three.
    let fused: String?
    let output, attentionNorm: String
    let gate, up, down, feedForwardNorm: String

    static let current = LayerNames(
      layers: "layers", fused: nil, output: "self_attn.o_proj",
      attentionNorm: "post_attention_layernorm", gate: "mlp.gate_proj", up: "mlp.up_proj",
      down: "mlp.down_proj", feedForwardNorm: "post_mlp_layernorm")
    static let published = LayerNames(
      layers: "encoder.layers", fused: "attn.Wqkv", output: "attn.out_proj",
      attentionNorm: "norm1", gate: "mlp.fc12", up: "mlp.fc11", down: "mlp.fc2",
      feedForwardNorm: "norm2")
  }

  private func layer(
    _ weights: WeightScope, _ names: LayerNames
  ) throws(TransformerError) -> TransformerLayer {
    let (hidden, inner) = (config.hidden, config.inner)
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws(TransformerError) -> Linear {
      try weights.linear(name, inputs: inputs, outputs: outputs, hasBias: false)
    }
    func projection(
      _ weights: WeightScope, _ name: String, _ index: Int
    ) throws(TransformerError) -> Linear {
      guard let fused = names.fused else {
        return try weights.linear(
          "self_attn.\(name)", inputs: hidden, outputs: hidden, hasBias: false)
      }
      return try weights.linear(
        "attn.\(name)", part: index, of: 3, in: fused, inputs: hidden, outputs: hidden,
        hasBias: false)
    }
    return TransformerLayer(
      attention: Sublayer(
        Attention(
          query: try projection(weights, "q_proj", 0),
          key: try projection(weights, "k_proj", 1),
          value: try projection(weights.finer, "v_proj", 2),
          output: try linear(names.output, hidden, hidden),
          heads: config.heads, position: .rotary(rotary)),
        behind: try norm(weights, names.attentionNorm)),
      feedForward: Sublayer(
        .gated(
          gate: try linear(names.gate, hidden, inner), up: try linear(names.up, hidden, inner),
          down: try linear(names.down, inner, hidden), activation),
        behind: try norm(weights, names.feedForwardNorm)))
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let hidden = config.hidden
    return ClassificationHead(
      dense: try encoder.dense("pooler.dense", inputs: hidden, outputs: hidden), .tanh,
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}
