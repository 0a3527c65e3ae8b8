internal import Tensor

/// The keys and the parts that the families with a decoder's layers share: RMS norms in front, rotary
/// positions, fewer heads of keys and values than of queries, a gated feed-forward network.
struct DecoderConfiguration {
  static let root = "embed_tokens.weight"

  /// What the reference's class takes where a key is absent.
  struct Defaults {
    var vocabulary: Int
    var hidden: Int
    var layers: Int
    var heads: Int
    /// nil: as many as heads of queries.
    var keyHeads: Int?
    /// nil: hidden size / heads.
    var headSize: Int?
    var inner: Int
    var activation = "silu"
    var activationKey = "hidden_act"
    var epsilon = 1e-6
    /// What is added to the weights of a norm.
    var normOffset: Float = 0
  }

  let vocabulary: Int
  let hidden: Int
  let layerCount: Int
  let heads: Int
  let keyHeads: Int
  let headSize: Int
  let inner: Int
  private let activation: Activation
  private let epsilon: Float
  private let normOffset: Float
  private let attentionHasBias: Bool
  private let feedForwardHasBias: Bool

  /// - Parameter feedForwardHasBias: nil: as `mlp_bias` says
  init(
    _ file: ConfigurationFile, _ defaults: Defaults, feedForwardHasBias: Bool? = nil
  ) throws(TransformerError) {
    vocabulary = try file.size("vocab_size", default: defaults.vocabulary)
    hidden = try file.size("hidden_size", default: defaults.hidden)
    layerCount = try file.layerCount("num_hidden_layers", default: defaults.layers)
    heads = try file.size("num_attention_heads", default: defaults.heads)
    keyHeads = try file.size("num_key_value_heads", default: defaults.keyHeads ?? heads)
    headSize = try file.size("head_dim", default: defaults.headSize ?? max(1, hidden / heads))
    inner = try file.size("intermediate_size", default: defaults.inner)
    activation = try file.activation(defaults.activationKey, default: defaults.activation)
    epsilon = try file.number("rms_norm_eps", default: defaults.epsilon)
    normOffset = defaults.normOffset
    attentionHasBias = try file.flag("attention_bias", default: false)
    self.feedForwardHasBias =
      if let feedForwardHasBias { feedForwardHasBias } else {
        try file.flag("mlp_bias", default: false)
      }
    try file.requireMultiple(heads, "num_attention_heads", of: keyHeads, "num_key_value_heads")
  }

  /// Rotary positions have no table that ends, so positions do not bound a message.
  var shape: EncoderShape {
    EncoderShape(
      vocabularySize: vocabulary, hiddenSize: hidden, layerCount: layerCount, headCount: heads,
      intermediateSize: inner)
  }

  func norm(_ weights: WeightScope, _ name: String, size: Int? = nil) throws(TransformerError)
    -> Norm
  {
    try weights.rmsNorm(name, size: size ?? hidden, epsilon: epsilon, offset: normOffset)
  }

  /// - Parameters:
  ///   - weights: those of `self_attn`
  ///   - normalizesHeads: whether each head's queries and keys have a norm
  func attention(
    _ weights: WeightScope, normalizesHeads: Bool, scale: Float? = nil, _ rotary: Rotary,
    _ reach: Reach
  ) throws(TransformerError) -> Attention {
    let (width, keyWidth) = (heads * headSize, keyHeads * headSize)
    func linear(
      _ weights: WeightScope, _ name: String, _ inputs: Int, _ outputs: Int
    ) throws(TransformerError) -> Linear {
      try weights.linear(name, inputs: inputs, outputs: outputs, hasBias: attentionHasBias)
    }
    return Attention(
      query: try linear(weights, "q_proj", hidden, width),
      key: try linear(weights, "k_proj", hidden, keyWidth),
      value: try linear(weights.finer, "v_proj", hidden, keyWidth),
      output: try linear(weights, "o_proj", width, hidden),
      heads: heads, keyHeads: keyHeads, scale: scale,
      queryNorm: normalizesHeads ? try norm(weights, "q_norm", size: headSize) : nil,
      keyNorm: normalizesHeads ? try norm(weights, "k_norm", size: headSize) : nil,
      position: .rotary(rotary), reach: reach)
  }

  /// - Parameter weights: those of `mlp`
  func feedForward(_ weights: WeightScope) throws(TransformerError) -> FeedForward {
    func linear(
      _ name: String, _ inputs: Int, _ outputs: Int
    ) throws(TransformerError) -> Linear {
      try weights.linear(name, inputs: inputs, outputs: outputs, hasBias: feedForwardHasBias)
    }
    return .gated(
      gate: try linear("gate_proj", hidden, inner), up: try linear("up_proj", hidden, inner),
      down: try linear("down_proj", inner, hidden), activation)
  }

  /// A layer with a norm in front of each of its parts.
  func layer(
    _ weights: WeightScope, _ attention: Attention
  ) throws(TransformerError) -> TransformerLayer {
    TransformerLayer(
      attention: Sublayer(attention, before: try norm(weights, "input_layernorm")),
      feedForward: Sublayer(
        try feedForward(weights["mlp"]), before: try norm(weights, "post_attention_layernorm")))
  }

  /// - Parameter wordScale: what embeddings are multiplied by; nil: they stay
  func parts(
    _ weights: WeightScope, wordScale: Float? = nil, layers: [TransformerLayer]
  ) throws(TransformerError) -> EncoderParts {
    EncoderParts(
      embeddings: Embeddings(
        words: try weights.words("embed_tokens.weight", rows: vocabulary, columns: hidden),
        wordScale: wordScale),
      layers: layers, norm: try norm(weights, "norm"))
  }

  /// transformers' `GenericForSequenceClassification`: one output for each label on the last token that
  /// is not padding.
  func lastTokenHead(
    _ weights: WeightScope, padding: Int?, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    ClassificationHead(
      reading: .last(padding: padding.map { Int32(clamping: $0) }),
      output: try weights.dense("score", inputs: hidden, outputs: labels, hasBias: false))
  }
}
