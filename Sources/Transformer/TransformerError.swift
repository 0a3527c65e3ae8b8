public import JSON
public import Safetensors
public import Tokenizers

/// Why a model could not be loaded or run.
public enum TransformerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file that the model's folder must have is not there, or could not be read.
  case unreadable(file: String, reason: String)
  /// A configuration file has a value of the wrong kind, or lacks one.
  case malformed(file: String, JSONError)
  /// A configuration asks for something that this library does not do.
  case unsupported(file: String, key: String, value: String)
  /// A configuration's `model_type` names an architecture that is no family here.
  case unknownFamily(file: String, modelType: String, known: [String])
  /// A sequence classifier is wanted, and the configuration names a model that writes text.
  case generative(file: String, architecture: String)
  /// A tokenizer has tokens that the model has no words for.
  case foreignTokenizer(folder: String, tokens: Int, beyond: Int, words: Int)
  /// Two values of a configuration contradict each other.
  case inconsistent(file: String, reason: String)
  case weights(SafetensorsError)
  case tokenizer(TokenizerError)
  /// A token id outside the vocabulary.
  case tokenOutOfRange(id: Int32, vocabulary: Int)
  /// More tokens than the model has positions for.
  case tooManyTokens(count: Int, maximum: Int)
  /// A text of more bytes than are read, its prompt included.
  case textTooLong(bytes: Int, limit: Int)
  /// A message without a single token, special ones included.
  case noTokens
  /// A file of int8 weights, and another precision asked for.
  case preparedForInt8(file: String)
  case unknownPrompt(name: String, known: [String])
  /// More elements of a vector, or fewer than one, than the model gives.
  case dimensionsOutOfRange(Int, of: Int)
  /// Weights that are of no use without an adapter, and none named.
  case needsAdapter(folder: String, known: String)
  /// The Swift task that asked was cancelled before the last layer.
  case cancelled

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .malformed(let file, let error): "\(file): \(error)"
    case .unsupported(let file, let key, let value):
      "\(file): \(key) = \(value) is not supported"
    case .unknownFamily(let file, let type, let known):
      "\(file): model_type = \(type) is not an architecture that runs here; those that do are "
        + known.joined(separator: ", ")
    case .generative(let file, let architecture):
      "\(file): \(architecture) writes its answer as text, and no text is written here; take a model "
        + "of a class …ForSequenceClassification"
    case .foreignTokenizer(let folder, let tokens, let beyond, let words):
      "\(folder): \(beyond) of the tokenizer's \(tokens) tokens have ids for which the model has no "
        + "words (config.json: vocab_size = \(words)), so its files are those of another model; take "
        + "those of the model that this one was trained from"
    case .inconsistent(let file, let reason): "\(file): \(reason)"
    case .weights(let error): "\(error)"
    case .tokenizer(let error): "\(error)"
    case .tokenOutOfRange(let id, let vocabulary):
      "token id \(id) is outside the vocabulary of \(vocabulary)"
    case .tooManyTokens(let count, let maximum):
      "\(count) tokens, but the model has positions for \(maximum)"
    case .textTooLong(let bytes, let limit):
      "a text of \(bytes) bytes; at most \(limit) are read"
    case .noTokens: "a message without tokens has no embedding"
    case .preparedForInt8(let file): "\(file) holds int8 weights, which run in int8 only"
    case .unknownPrompt(let name, let known):
      "no prompt named \(name); known: \(known.joined(separator: ", "))"
    case .dimensionsOutOfRange(let asked, let count):
      "\(asked) dimensions asked for; the model's vectors have \(count)"
    case .needsAdapter(let folder, let known):
      "\(folder): the model needs an adapter; it has \(known.isEmpty ? "none" : known)"
    case .cancelled: "the task was cancelled"
    }
  }
}
