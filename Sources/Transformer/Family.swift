/// An architecture of encoders: what its `config.json` says, and how a checkpoint becomes an encoder.
///
/// A family is one file in `Models` and one line in ``families``. The article "Add a family" walks
/// through one.
protocol Family: SendableMetatype {
  /// The values of `model_type` that name this architecture.
  static var modelTypes: [String] { get }

  /// Reads and checks the keys that the architecture obeys.
  ///
  /// - Throws: ``TransformerError`` that names the file and the key.
  init(_ config: ConfigurationFile) throws(TransformerError)

  var shape: EncoderShape { get }

  /// The name of a tensor that every checkpoint of the family has, without the prefix that the
  /// classes with a head put in front of it.
  var root: String { get }

  /// How the architecture's own code makes a vector of a message; nil: it does not, and the mean is
  /// the custom.
  var modules: [SentenceTransformerConfiguration.Module]? { get }

  /// Whether the weights are of no use without an adapter.
  var needsAdapter: Bool { get }

  /// The encoder, its weights read from below the prefix.
  func encoder(_ weights: WeightScope) throws(TransformerError) -> EncoderParts

  /// The head of the architecture's `…ForSequenceClassification`.
  ///
  /// - Parameters:
  ///   - weights: the whole checkpoint
  ///   - encoder: what lies below the prefix
  func head(
    _ weights: WeightScope, encoder: WeightScope, labels: Int
  ) throws(TransformerError) -> ClassificationHead
}

extension Family {
  var modules: [SentenceTransformerConfiguration.Module]? { nil }
  var needsAdapter: Bool { false }
}

/// Every architecture that this library runs.
let families: [any Family.Type] = [
  BERT.self,
  DistilBERT.self,
  RoBERTa.self,
  MPNet.self,
  ELECTRA.self,
  ALBERT.self,
  DeBERTa.self,
  DeBERTaV2.self,
  ModernBERT.self,
  EuroBERT.self,
  Qwen3.self,
  Gemma3.self,
  NomicBERT.self,
  JinaEmbeddings.self,
  StaticEmbeddings.self,
]

extension ConfigurationFile {
  /// The family that `model_type` names, with its keys read.
  func family() throws(TransformerError) -> any Family {
    let type = try text("model_type")
    guard let family = families.first(where: { $0.modelTypes.contains(type) }) else {
      throw .unknownFamily(
        file: path, modelType: type, known: families.flatMap { $0.modelTypes }.sorted())
    }
    // Both change the shapes of weights, whatever the architecture.
    try requireEmpty("pruned_heads")
    try requireEmpty("quantization_config")
    return try family.init(self)
  }
}

/// What the rest of the library may know of an encoder.
public struct EncoderShape: Sendable {
  /// Rows of the table of words: ids are below it.
  public let vocabularySize: Int
  /// Elements of a hidden state.
  public let hiddenSize: Int
  public let layerCount: Int
  /// Heads of attention in a layer.
  public let headCount: Int
  /// Elements of the wide part of the feed-forward network.
  public let intermediateSize: Int
  /// Token types that the encoder tells apart; 0 where it takes none.
  public var typeCount = 0
  /// The longest message, special tokens included; nil where positions do not bound it.
  public var maximumTokens: Int?
  /// Whether the encoder reads known tokens of the text only: no special ones, none for what is not in
  /// the vocabulary, and perhaps none at all.
  public var readsWordsOnly = false
}

/// What ``Family/encoder(_:)`` makes of a checkpoint.
struct EncoderParts {
  let embeddings: Embeddings
  let layers: [TransformerLayer]
  /// The norm behind the last layer, where layers have theirs in front.
  var norm: Norm?
}
