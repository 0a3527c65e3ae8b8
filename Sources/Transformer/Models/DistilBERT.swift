internal import Tensor

/// DistilBERT (arXiv:1910.01108): BERT without token types and without a pooler.
struct DistilBERT: Family {
  static let modelTypes = ["distilbert"]
  let root = BERTConfiguration.root
  private let config: BERTConfiguration

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try BERTConfiguration(
      file, defaults: .init(layers: 6, epsilonIsFixed: true),
      // The reference's attribute_map gives the first three BERT's names too.
      names: [
        "hidden_size": ["dim", "hidden_size"],
        "num_hidden_layers": ["n_layers", "num_hidden_layers"],
        "num_attention_heads": ["n_heads", "num_attention_heads"],
        "intermediate_size": ["hidden_dim"], "hidden_act": ["activation"],
      ])
  }

  var shape: EncoderShape { config.shape(typeCount: 0, maximumTokens: config.positions) }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let layers = try weights["transformer.layer"].layers(config.layerCount) {
      (weights) throws(TransformerError) in
      let attention = try config.attention(
        weights["attention"], query: "q_lin", key: "k_lin", value: "v_lin", output: "out_lin")
      return try config.layer(
        weights, attention, norm: "sa_layer_norm",
        .init(expansion: "ffn.lin1", contraction: "ffn.lin2", norm: "output_layer_norm"))
    }
    return EncoderParts(
      embeddings: try config.embeddings(weights["embeddings"], from: .zero, typeCount: 0),
      layers: layers)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    let hidden = config.hidden
    return ClassificationHead(
      dense: try weights.dense("pre_classifier", inputs: hidden, outputs: hidden), .relu,
      output: try weights.dense("classifier", inputs: hidden, outputs: labels))
  }
}
