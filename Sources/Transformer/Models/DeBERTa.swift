internal import Tensor

/// DeBERTa (arXiv:2006.03654), the first version: attention disentangled into content and relative
/// position, one matrix for queries, keys and values, and a distance for each row of the relative
/// embeddings.
struct DeBERTa: Family {
  static let modelTypes = ["deberta"]
  let root = BERTConfiguration.root
  private let config: DeBERTaConfiguration
  private let terms: [String]
  /// The longest distance; nil where `relative_attention` is off.
  private let reach: Int?

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try DeBERTaConfiguration(file, .init(vocabulary: 50_265, epsilon: 1e-7))
    terms = try file.positionTerms()
    let given = try file.size("max_relative_positions", default: -1, in: -1 << 24...1 << 24)
    reach =
      try file.flag("relative_attention", default: false)
      ? (given < 1 ? config.base.positions : given) : nil
    if let reach {
      try file.requireSmallTables(
        "max_relative_positions", span: reach, hidden: config.base.hidden,
        layers: config.base.layerCount)
    }
    try file.require("talking_head", is: false)
  }

  var shape: EncoderShape { config.shape }

  /// 1 / √(head size · terms). The reference counts every term of the list, also those that it does
  /// not know.
  private var scale: Float {
    1 / Float(config.base.hidden / config.base.heads * (1 + terms.count)).squareRoot()
  }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let relative = try reach.map { (reach) throws(TransformerError) in
      try weights["encoder"].matrix(
        "rel_embeddings.weight", rows: 2 * reach, columns: config.base.hidden)
    }
    let layers = try weights["encoder.layer"].layers(config.base.layerCount) {
      (weights) throws(TransformerError) in
      try config.base.layer(
        weights, attention(weights["attention"], relative), norm: "attention.output.LayerNorm")
    }
    return EncoderParts(embeddings: try config.embeddings(weights["embeddings"]), layers: layers)
  }

  private func attention(
    _ weights: WeightScope, _ relative: Matrix?
  ) throws(TransformerError) -> Attention {
    let (hidden, heads) = (config.base.hidden, config.base.heads)
    let size = hidden / heads
    // The matrix has the rows of the first head's queries, keys and values, then the second's.
    func linear(
      _ weights: WeightScope, _ name: String, _ part: Int, bias: String?
    ) throws(TransformerError) -> Linear {
      let rows = (0..<hidden).map { $0 / size * 3 * size + part * size + $0 % size }
      return try weights.linear(
        "self.\(name)", weight: TensorRows("self.in_proj.weight", rows: rows, of: 3 * hidden),
        bias: bias.map { TensorRows("self.\($0)", all: hidden) }, inputs: hidden)
    }
    return Attention(
      query: try linear(weights, "query", 0, bias: "q_bias"),
      key: try linear(weights, "key", 1, bias: nil),
      value: try linear(weights.finer, "value", 2, bias: "v_bias"),
      output: try weights.linear("output.dense", inputs: hidden, outputs: hidden), heads: heads,
      scale: scale, position: try position(weights["self"], relative))
  }

  /// Projects the relative embeddings with a layer's weights: they do not depend on the message.
  private func position(
    _ weights: WeightScope, _ relative: Matrix?
  ) throws(TransformerError) -> Position {
    guard let relative, let reach else { return .none }
    let hidden = config.base.hidden
    let processor = weights.processor
    func projected(
      _ term: String, _ name: String, hasBias: Bool
    ) throws(TransformerError) -> Matrix? {
      guard terms.contains(term) else { return nil }
      let product = Matrix(rows: 2 * reach, columns: hidden)
      processor.dense(
        relative,
        try weights.dense(name, inputs: hidden, outputs: hidden, hasBias: hasBias), into: product)
      return product
    }
    return .disentangled(
      DisentangledScores(
        keys: try projected("c2p", "pos_proj", hasBias: false),
        queries: try projected("p2c", "pos_q_proj", hasBias: true),
        buckets: DistanceBuckets(buckets: 0, maximumDistance: reach), scale: scale,
        processor.kernels))
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try config.head(weights, labels: labels)
  }
}
