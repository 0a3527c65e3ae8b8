internal import Safetensors
internal import Tensor

extension Encoder {
  /// BERT (arXiv:1810.04805): absolute positions from 0, token types.
  convenience init(
    bert scope: CheckpointScope, _ configuration: EncoderConfiguration, _ processor: Processor
  ) throws(TransformerError) {
    self.init(
      configuration,
      embeddings: try Embeddings(scope["embeddings"], configuration, processor.kernels),
      layers: try Self.layers(scope, names: .bert, configuration, on: processor), distance: .none,
      scale: 1 / Float(configuration.headSize).squareRoot(), processor: processor)
  }
}

extension EncoderLayer.Names {
  static let bert = EncoderLayer.Names(
    query: "attention.self.query", key: "attention.self.key", value: "attention.self.value",
    output: "attention.output.dense", norm: "attention.output.LayerNorm")
}
