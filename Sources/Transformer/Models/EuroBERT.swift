internal import Tensor

/// EuroBERT (arXiv:2503.05500): a decoder's layers, each token attending to all.
struct EuroBERT: Family {
  static let modelTypes = ["eurobert"]
  let root = DecoderConfiguration.root
  private let config: DecoderConfiguration
  private let rotary: Rotary
  private let reading: ClassificationHead.Reading

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try DecoderConfiguration(
      file,
      .init(vocabulary: 128_256, hidden: 768, layers: 12, heads: 12, inner: 3072, epsilon: 1e-5))
    rotary = try file.rotary(size: config.headSize, default: 10_000)
    // "clf_pooling" is the name that the first published configurations have.
    let pooling = try file.text(
      "classifier_pooling", default: file.text("clf_pooling", default: "late"))
    switch pooling {
    case "late": reading = .meanOfLogits
    case "mean": reading = .mean
    case "bos": reading = .first
    default: throw file.unsupported("classifier_pooling", pooling)
    }
  }

  var shape: EncoderShape { config.shape }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let layers = try weights["layers"].layers(config.layerCount) {
      (weights) throws(TransformerError) in
      try config.layer(
        weights,
        try config.attention(weights["self_attn"], normalizesHeads: false, rotary, .all))
    }
    return try config.parts(weights, layers: layers)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let hidden = config.hidden
    return ClassificationHead(
      reading: reading, dense: try weights.dense("dense", inputs: hidden, outputs: hidden), .gelu,
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}
