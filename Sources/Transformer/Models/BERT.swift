internal import Tensor

/// BERT (arXiv:1810.04805): absolute positions and token types in the embeddings, and a norm behind
/// each part of a layer.
struct BERT: Family {
  static let modelTypes = ["bert"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let typeCount: Int

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try BERTConfiguration(file)
    typeCount = try file.size("type_vocab_size", default: 2)
    try file.require("is_decoder", is: false)
    try file.require("position_embedding_type", is: "absolute")
  }

  var shape: EncoderShape { config.shape(typeCount: typeCount, maximumTokens: config.positions) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    EncoderParts(
      embeddings: try config.embeddings(weights["embeddings"], from: .zero, typeCount: typeCount),
      layers: try config.layers(weights["encoder.layer"]))
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

/// The keys that the configurations of BERT and its relatives share, and the parts that they share.
struct BERTConfiguration {
  static let root = "embeddings.word_embeddings.weight"

  /// What the reference's class takes where a key is absent.
  struct Defaults {
    var vocabulary = 30_522
    var hidden = 768
    var layers = 12
    var heads = 12
    var inner = 3072
    var activation = "gelu"
    var epsilon = 1e-12
    /// Whether the reference's code has ε, and no key.
    var epsilonIsFixed = false
  }

  let vocabulary: Int
  let hidden: Int
  let layerCount: Int
  let heads: Int
  let inner: Int
  /// Rows of the table of positions.
  let positions: Int
  let activation: Activation
  let epsilon: Float

  /// - Parameter names: what a family calls keys that BERT has under other names. The first one that
  ///   the file has counts, else the first.
  init(
    _ file: ConfigurationFile, defaults: Defaults = Defaults(), names: [String: [String]] = [:]
  ) throws(TransformerError) {
    func name(_ key: String) -> String {
      let names = names[key] ?? [key]
      return names.first(where: file.has) ?? names[0]
    }
    vocabulary = try file.size("vocab_size", default: defaults.vocabulary)
    hidden = try file.size(name("hidden_size"), default: defaults.hidden)
    layerCount = try file.layerCount(name("num_hidden_layers"), default: defaults.layers)
    heads = try file.size(name("num_attention_heads"), default: defaults.heads)
    inner = try file.size(name("intermediate_size"), default: defaults.inner)
    positions = try file.size("max_position_embeddings", default: 512)
    activation = try file.activation(name("hidden_act"), default: defaults.activation)
    epsilon =
      try defaults.epsilonIsFixed
      ? Float(defaults.epsilon) : file.number(name("layer_norm_eps"), default: defaults.epsilon)
    try file.requireMultiple(hidden, "hidden_size", of: heads, "num_attention_heads")
  }

  func shape(typeCount: Int, maximumTokens: Int?) -> EncoderShape {
    EncoderShape(
      vocabularySize: vocabulary, hiddenSize: hidden, layerCount: layerCount, headCount: heads,
      intermediateSize: inner, typeCount: typeCount, maximumTokens: maximumTokens)
  }

  /// - Parameters:
  ///   - typeCount: rows of the table of token types; 0: there is none
  ///   - size: elements of an embedding; nil: as many as hidden states have
  ///   - projection: the layer that makes hidden states of embeddings of another size
  func embeddings(
    _ weights: WeightScope, from start: PositionTable.Start, typeCount: Int, size: Int? = nil,
    projection: DenseWeights? = nil
  ) throws(TransformerError) -> Embeddings {
    let size = size ?? hidden
    // Older checkpoints store this buffer.
    weights.ignore("position_ids")
    return Embeddings(
      words: try weights.words("word_embeddings.weight", rows: vocabulary, columns: size),
      positions: PositionTable(
        table: try weights.matrix("position_embeddings.weight", rows: positions, columns: size),
        start: start),
      types: typeCount > 0
        ? try weights.matrix("token_type_embeddings.weight", rows: typeCount, columns: size)
        : nil,
      norm: try weights.layerNorm("LayerNorm", size: size, epsilon: epsilon),
      projection: projection)
  }

  /// BERT's layers.
  func layers(_ weights: WeightScope) throws(TransformerError) -> [TransformerLayer] {
    try weights.layers(layerCount) { (weights) throws(TransformerError) in
      let attention = try attention(
        weights["attention"], query: "self.query", key: "self.key", value: "self.value",
        output: "output.dense")
      return try layer(weights, attention, norm: "attention.output.LayerNorm")
    }
  }

  /// Attention whose four matrices have the hidden size, by the names that they have in the checkpoint.
  func attention(
    _ weights: WeightScope, query: String, key: String, value: String, output: String,
    scale: Float? = nil, position: Position = .none
  ) throws(TransformerError) -> Attention {
    Attention(
      query: try weights.linear(query, inputs: hidden, outputs: hidden),
      key: try weights.linear(key, inputs: hidden, outputs: hidden),
      value: try weights.finer.linear(value, inputs: hidden, outputs: hidden),
      output: try weights.linear(output, inputs: hidden, outputs: hidden),
      heads: heads, scale: scale, position: position)
  }

  /// The names of a layer's feed-forward network.
  struct FeedForwardNames {
    var expansion = "intermediate.dense"
    var contraction = "output.dense"
    var norm = "output.LayerNorm"
  }

  /// A layer with BERT's feed-forward network, a norm behind it, and one behind the attention.
  func layer(
    _ weights: WeightScope, _ attention: Attention, norm: String,
    _ names: FeedForwardNames = FeedForwardNames()
  ) throws(TransformerError) -> TransformerLayer {
    let feedForward = FeedForward.plain(
      try weights.linear(names.expansion, inputs: hidden, outputs: inner), activation,
      try weights.linear(names.contraction, inputs: inner, outputs: hidden))
    return TransformerLayer(
      attention: Sublayer(
        attention, behind: try weights.layerNorm(norm, size: hidden, epsilon: epsilon)),
      feedForward: Sublayer(
        feedForward, behind: try weights.layerNorm(names.norm, size: hidden, epsilon: epsilon)))
  }
}
