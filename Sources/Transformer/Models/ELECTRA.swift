internal import Tensor

/// ELECTRA's discriminator (arXiv:2003.10555): BERT whose embeddings may be narrower than its hidden
/// states.
struct ELECTRA: Family {
  static let modelTypes = ["electra"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let typeCount: Int
  private let embeddingSize: Int

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try BERTConfiguration(
      file, defaults: .init(hidden: 256, heads: 4, inner: 1024))
    typeCount = try file.size("type_vocab_size", default: 2)
    embeddingSize = try file.size("embedding_size", default: 128)
    try file.require("is_decoder", is: false)
    try file.require("position_embedding_type", is: "absolute")
  }

  var shape: EncoderShape { config.shape(typeCount: typeCount, maximumTokens: config.positions) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let projection =
      embeddingSize == config.hidden
      ? nil
      : try weights.dense("embeddings_project", inputs: embeddingSize, outputs: config.hidden)
    return EncoderParts(
      embeddings: try config.embeddings(
        weights["embeddings"], from: .zero, typeCount: typeCount, size: embeddingSize,
        projection: projection),
      layers: try config.layers(weights["encoder.layer"]))
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try .twoLayers(weights["classifier"], hidden: config.hidden, labels: labels, .gelu)
  }
}
