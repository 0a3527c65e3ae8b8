internal import JSON
internal import Tensor

/// The keys and the parts that DeBERTa and DeBERTa-v2 share.
struct DeBERTaConfiguration {
  let base: BERTConfiguration
  private let typeCount: Int
  private let embeddingSize: Int
  /// Whether absolute positions are added to the input.
  private let hasPositions: Bool
  private let file: ConfigurationFile

  init(
    _ file: ConfigurationFile, _ defaults: BERTConfiguration.Defaults
  ) throws(TransformerError) {
    base = try BERTConfiguration(file, defaults: defaults)
    typeCount = max(0, try file.size("type_vocab_size", default: 0, in: -1 << 24...1 << 24))
    embeddingSize = try file.size("embedding_size", default: base.hidden)
    hasPositions = try file.flag("position_biased_input", default: true)
    self.file = file
  }

  var shape: EncoderShape {
    base.shape(typeCount: typeCount, maximumTokens: hasPositions ? base.positions : nil)
  }

  func embeddings(_ weights: WeightScope) throws(TransformerError) -> Embeddings {
    let size = embeddingSize
    weights.ignore("position_ids")
    // Published checkpoints have the table also where it is not used.
    weights.ignore("position_embeddings.weight")
    return Embeddings(
      words: try weights.words(
        "word_embeddings.weight", rows: base.vocabulary, columns: size),
      positions: hasPositions
        ? PositionTable(
          table: try weights.matrix(
            "position_embeddings.weight", rows: base.positions, columns: size), start: .zero)
        : nil,
      types: typeCount > 0
        ? try weights.matrix("token_type_embeddings.weight", rows: typeCount, columns: size) : nil,
      projection: size == base.hidden
        ? nil
        : try weights.dense("embed_proj", inputs: size, outputs: base.hidden, hasBias: false),
      projectedNorm: try weights.layerNorm(
        "LayerNorm", size: base.hidden, epsilon: base.epsilon))
  }

  /// transformers' `ContextPooler` on the first token, and one output for each label.
  func head(
    _ weights: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let hidden = base.hidden
    return ClassificationHead(
      dense: try weights.dense("pooler.dense", inputs: hidden, outputs: hidden),
      try file.activation("pooler_hidden_act", default: "gelu"),
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}

extension ConfigurationFile {
  /// The terms of the scores beside content and content, such as "c2p" and "p2c": a list, or one text
  /// with bars.
  func positionTerms() throws(TransformerError) -> [String] {
    let isText = try read { json throws(JSONError) in
      if case .string? = json["pos_att_type"] { true } else { false }
    }
    if isText { return try parts(of: "pos_att_type") }
    return try read { json throws(JSONError) in try json.optionalStrings("pos_att_type") ?? [] }
  }

  /// The parts of a text with bars, "p2c|c2p", in lower case.
  func parts(of key: String) throws(TransformerError) -> [String] {
    try text(key, default: "").lowercased().split(separator: "|").map {
      String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
  }
}
