internal import Safetensors
internal import Tensor

extension Encoder {
  /// MPNet (arXiv:2004.09297): one table of relative biases for all layers besides the absolute
  /// positions, no token types.
  convenience init(
    mpnet scope: CheckpointScope, _ configuration: EncoderConfiguration, _ processor: Processor
  ) throws(TransformerError) {
    var distance = DistanceScores.none
    if case .biasTable(let buckets, let maximumDistance) = configuration.relative {
      distance = .biasTable(
        DistanceBias(
          try scope.matrix(
            "encoder.relative_attention_bias.weight", rows: buckets,
            columns: configuration.headCount),
          maximumDistance: maximumDistance,
          maximum: configuration.maximumTokens ?? configuration.maximumPositions))
    }
    self.init(
      configuration,
      embeddings: try Embeddings(scope["embeddings"], configuration, processor.kernels),
      layers: try Self.layers(scope, names: .mpnet, configuration, on: processor),
      distance: distance,
      scale: 1 / Float(configuration.headSize).squareRoot(), processor: processor)
  }
}

extension EncoderLayer.Names {
  static let mpnet = EncoderLayer.Names(
    query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v",
    output: "attention.attn.o", norm: "attention.LayerNorm")
}
