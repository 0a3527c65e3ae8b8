internal import Safetensors
internal import Tensor

extension Encoder {
  /// RoBERTa (arXiv:1907.11692), XLM-RoBERTa (arXiv:1911.02116) and CamemBERT: BERT's layers, positions
  /// counted from the padding's row on.
  convenience init(
    roberta scope: CheckpointScope, _ configuration: EncoderConfiguration, _ processor: Processor
  ) throws(TransformerError) {
    try self.init(bert: scope, configuration, processor)
  }
}
