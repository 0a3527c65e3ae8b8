internal import JSON
internal import Tensor

/// DeBERTa-v2 and -v3 (arXiv:2006.03654, arXiv:2111.09543): attention disentangled into content and
/// relative position.
struct DeBERTaV2: Family {
  static let modelTypes = ["deberta-v2"]
  let root = BERTConfiguration.root
  private let config: DeBERTaConfiguration
  private let relative: RelativeAttention?
  private let terms: Set<String>
  private let convolution: (size: Int, groups: Int, activation: Activation)?

  /// What the model has where `relative_attention` is on.
  private struct RelativeAttention {
    let buckets: DistanceBuckets
    let sharesProjections: Bool
    let isNormalized: Bool
  }

  init(_ file: ConfigurationFile) throws(TransformerError) {
    config = try DeBERTaConfiguration(
      file,
      .init(vocabulary: 128_100, hidden: 1536, layers: 24, heads: 24, inner: 6144, epsilon: 1e-7))
    // The reference looks for these two and passes over others.
    terms = Set(try file.positionTerms()).intersection(["c2p", "p2c"])
    relative =
      try file.flag("relative_attention", default: false)
      ? RelativeAttention(
        buckets: try file.distanceBuckets(positions: config.base.positions),
        sharesProjections: try file.flag("share_att_key", default: false),
        isNormalized: try file.parts(of: "norm_rel_ebd").contains("layer_norm")) : nil
    if let span = relative?.buckets.span {
      try file.requireSmallTables(
        "position_buckets or max_relative_positions", span: span, hidden: config.base.hidden,
        layers: config.base.layerCount)
    }
    let headSize = config.base.hidden / config.base.heads
    guard try file.integer("attention_head_size", default: headSize) == headSize else {
      throw file.unsupported("attention_head_size", "anything but \(headSize)")
    }
    convolution = try file.convolution(hidden: config.base.hidden)
  }

  var shape: EncoderShape { config.shape }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    let scale = scale
    var layers = try weights["encoder.layer"].layers(config.base.layerCount) {
      (weights) throws(TransformerError) in
      let attention = try config.base.attention(
        weights["attention"], query: "self.query_proj", key: "self.key_proj",
        value: "self.value_proj", output: "output.dense", scale: scale)
      return try config.base.layer(weights, attention, norm: "attention.output.LayerNorm")
    }
    if let relative { try add(relative, to: &layers, weights["encoder"]) }
    if let convolution, !layers.isEmpty {
      layers[0].convolution = try ConvolutionLayer(
        weights["encoder.conv"], hidden: config.base.hidden, size: convolution.size,
        groups: convolution.groups, convolution.activation, epsilon: config.base.epsilon)
    }
    return EncoderParts(embeddings: try config.embeddings(weights["embeddings"]), layers: layers)
  }

  /// 1 / √(head size · terms): the products of contents and those of relative positions.
  private var scale: Float {
    1 / Float(config.base.hidden / config.base.heads * (1 + terms.count)).squareRoot()
  }

  /// Projects the relative embeddings with each layer's weights: they do not depend on the message.
  private func add(
    _ relative: RelativeAttention, to layers: inout [TransformerLayer], _ weights: WeightScope
  ) throws(TransformerError) {
    let processor = weights.processor
    let (rows, hidden) = (2 * relative.buckets.span, config.base.hidden)
    var embeddings = try weights.matrix("rel_embeddings.weight", rows: rows, columns: hidden)
    if relative.isNormalized {
      let normalized = Matrix(rows: rows, columns: hidden)
      try weights.layerNorm("LayerNorm", size: hidden, epsilon: config.base.epsilon)(
        embeddings, into: normalized, on: processor)
      embeddings = normalized
    }
    let workspace = Workspace()
    for index in layers.indices {
      let attention = layers[index].attention.body
      let own = weights["layer"][index]["attention.self"]
      func projected(
        _ term: String, _ shared: Linear, _ name: String
      ) throws(TransformerError) -> Matrix? {
        guard terms.contains(term) else { return nil }
        let product = Matrix(rows: rows, columns: hidden)
        let layer =
          relative.sharesProjections
          ? shared.weights
          : .float32(try own.dense(name, inputs: hidden, outputs: hidden))
        layer(embeddings, into: product, workspace, on: processor)
        return product
      }
      layers[index].attention.body.position = .disentangled(
        DisentangledScores(
          keys: try projected("c2p", attention.key, "pos_key_proj"),
          queries: try projected("p2c", attention.query, "pos_query_proj"),
          buckets: relative.buckets, scale: scale, processor.kernels))
    }
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try config.head(weights, labels: labels)
  }
}

extension ConfigurationFile {
  fileprivate func distanceBuckets(positions: Int) throws(TransformerError) -> DistanceBuckets {
    let given = try size("max_relative_positions", default: -1, in: -1 << 24...1 << 24)
    let buckets = DistanceBuckets(
      buckets: max(0, try size("position_buckets", default: -1, in: -1 << 24...1 << 24)),
      maximumDistance: given < 1 ? positions : given)
    // The logarithmic buckets divide by the logarithm of (distance − 1) / (buckets / 2).
    if buckets.buckets > 0 {
      guard buckets.buckets > 1, buckets.maximumDistance - 1 != buckets.buckets / 2 else {
        throw unsupported("position_buckets", "\(buckets.buckets)")
      }
    }
    return buckets
  }

  /// The convolution beside the first layer; nil: there is none.
  fileprivate func convolution(
    hidden: Int
  ) throws(TransformerError) -> (size: Int, groups: Int, activation: Activation)? {
    let size = try size("conv_kernel_size", default: 0, in: -1 << 24...1 << 24)
    guard size > 0 else { return nil }
    let groups = try self.size("conv_groups", default: 1)
    guard hidden % groups == 0 else { throw unsupported("conv_groups", "\(groups)") }
    // With an even kernel the reference's output is shorter than its input.
    guard size % 2 == 1 else { throw unsupported("conv_kernel_size", "\(size)") }
    return (size, groups, try activation("conv_act", default: "tanh"))
  }
}
