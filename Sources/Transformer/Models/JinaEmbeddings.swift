/// The embedding models of Jina AI, version 5: EuroBERT or Qwen3 with an adapter for
/// each task, and the state of the last token.
struct JinaEmbeddings: Family {
  static let modelTypes = ["jina_embeddings_v5"]
  private let base: any Family

  init(_ file: ConfigurationFile) throws(TransformerError) {
    // Both sizes have one model_type.
    let isEuroBERT = try !file.flag("is_decoder", default: true)
    base = isEuroBERT ? try EuroBERT(file) : try Qwen3(file)
  }

  var shape: EncoderShape { base.shape }
  var root: String { base.root }
  var modules: [SentenceTransformerConfiguration.Module]? {
    [.pooling(Pooling(modes: [.lastToken], includesPrompt: true)), .normalize]
  }
  var needsAdapter: Bool { true }

  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts {
    try base.encoder(weights)
  }

  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead {
    try base.head(weights, encoder: encoder, labels: labels)
  }
}
