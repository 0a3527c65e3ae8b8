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
    var epsilon = 1e-12
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

  init(
    _ file: ConfigurationFile, defaults: Defaults = Defaults()
  ) throws(TransformerError) {
    vocabulary = try file.size("vocab_size", default: defaults.vocabulary)
    hidden = try file.size("hidden_size", default: defaults.hidden)
    layerCount = try file.layerCount("num_hidden_layers", default: defaults.layers)
    heads = try file.size("num_attention_heads", default: defaults.heads)
    inner = try file.size("intermediate_size", default: defaults.inner)
    positions = try file.size("max_position_embeddings", default: 512)
    activation = try file.activation("hidden_act", default: "gelu")
    epsilon = try file.number("layer_norm_eps", default: defaults.epsilon)
    guard hidden % heads == 0 else {
      throw .inconsistent(
        file: file.path,
        reason: "hidden_size \(hidden) is not a multiple of num_attention_heads \(heads)")
    }
  }

  func shape(typeCount: Int, maximumTokens: Int?) -> EncoderShape {
    EncoderShape(
      vocabularySize: vocabulary, hiddenSize: hidden, layerCount: layerCount, headCount: heads,
      intermediateSize: inner, typeCount: typeCount, maximumTokens: maximumTokens)
  }

  /// - Parameter typeCount: rows of the table of token types; 0: there is none
  func embeddings(
    _ weights: WeightScope, from start: PositionTable.Start, typeCount: Int
  ) throws(TransformerError) -> Embeddings {
    // Older checkpoints store this buffer.
    weights.ignore("position_ids")
    return Embeddings(
      words: try weights.words("word_embeddings.weight", rows: vocabulary, columns: hidden),
      positions: PositionTable(
        table: try weights.matrix("position_embeddings.weight", rows: positions, columns: hidden),
        start: start),
      types: typeCount > 0
        ? try weights.matrix("token_type_embeddings.weight", rows: typeCount, columns: hidden)
        : nil,
      norm: try weights.layerNorm("LayerNorm", size: hidden, epsilon: epsilon))
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
      value: try weights.linear(value, inputs: hidden, outputs: hidden),
      output: try weights.linear(output, inputs: hidden, outputs: hidden),
      heads: heads, scale: scale, position: position)
  }

  /// A layer with BERT's feed-forward network, a norm behind it, and one behind the attention.
  func layer(
    _ weights: WeightScope, _ attention: Attention, norm: String
  ) throws(TransformerError) -> TransformerLayer {
    let feedForward = FeedForward.plain(
      try weights.linear("intermediate.dense", inputs: hidden, outputs: inner), activation,
      try weights.linear("output.dense", inputs: inner, outputs: hidden))
    return TransformerLayer(
      attention: Sublayer(
        attention, behind: try weights.layerNorm(norm, size: hidden, epsilon: epsilon)),
      feedForward: Sublayer(
        feedForward,
        behind: try weights.layerNorm("output.LayerNorm", size: hidden, epsilon: epsilon)))
  }
}
