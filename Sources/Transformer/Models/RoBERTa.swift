internal import Tensor

/// RoBERTa (arXiv:1907.11692), XLM-RoBERTa (arXiv:1911.02116) and CamemBERT: BERT's layers, positions
/// counted from the one behind the padding token's, and a head of two layers without a pooler.
struct RoBERTa: Family {
  static let modelTypes = ["roberta", "xlm-roberta", "camembert"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration
  private let typeCount: Int
  private let padding: Int

  init(_ file: ConfigurationFile) throws(TransformerError) {
    // XLM-RoBERTa and CamemBERT have BERT's vocabulary as their default; RoBERTa has its own.
    let isRoberta = try file.text("model_type") == "roberta"
    config = try BERTConfiguration(file, defaults: .init(vocabulary: isRoberta ? 50_265 : 30_522))
    typeCount = try file.size("type_vocab_size", default: 2)
    padding = try file.size("pad_token_id", default: 1, in: 0...max(0, config.positions - 2))
    try file.require("is_decoder", is: false)
    try file.require("position_embedding_type", is: "absolute")
  }

  var shape: EncoderShape {
    config.shape(typeCount: typeCount, maximumTokens: config.positions - padding - 1)
  }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    EncoderParts(
      embeddings: try config.embeddings(
        weights["embeddings"], from: .behindPadding(Int32(padding)), typeCount: typeCount),
      layers: try config.layers(weights["encoder.layer"]))
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try .twoLayers(weights["classifier"], hidden: config.hidden, labels: labels)
  }
}

extension ClassificationHead {
  /// RoBERTa's head, which MPNet and ELECTRA have too.
  static func twoLayers(
    _ weights: WeightScope, hidden: Int, labels: Int, _ activation: Activation = .tanh
  ) throws(TransformerError) -> ClassificationHead {
    ClassificationHead(
      dense: try weights.dense("dense", inputs: hidden, outputs: hidden), activation,
      output: try weights.dense("out_proj", inputs: hidden, outputs: labels))
  }
}
