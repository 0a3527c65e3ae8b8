public import Heads
public import JSON
public import Recurrent
public import Respelling
public import Transformer

/// An error in a bundle or its model, or in a message that is judged.
public enum ModerationError: Error, Sendable, Equatable {
  /// A `moderation.json` that is not JSON, or has a key that is unknown, missing, or of no use.
  case json(file: String, JSONError)
  case unreadable(file: String, reason: String)
  /// Neither a bundle nor a model.
  case notAModel(folder: String)
  /// A Hugging Face name that the local cache does not hold.
  case notInCache(name: String, revision: String, cache: String)
  /// The default moderator's weights are not to be found.
  case noDefaultWeights(reason: String)
  /// A label that reads a class which no head has.
  case unknownClass(label: String, head: String, className: String, available: [String])
  case unknownHead(label: String, head: String, available: [String])
  /// A label that reads a class whose name several classes of the head have.
  case ambiguousClass(label: String, head: String, className: String)
  /// Labels of one name, which would be one key of a verdict.
  case duplicateLabel(String)
  /// A head for vectors of another length than the encoder's.
  case dimensionMismatch(head: String, expected: Int, encoder: Int)
  case unsupportedPrecision(String, allowed: [String])
  /// A context value that no free dimension allows.
  case unknownContext(String, allowed: [String])
  /// A context for a bundle without prefixes.
  case contextNotSupported(bundle: String)
  case digestMismatch(file: String, expected: String, actual: String)
  /// A text of more bytes than are read, what stands in front of it included.
  case textTooLong(bytes: Int, limit: Int)
  /// Message trees whose nodes do not follow their parents.
  case invalidTree(String)
  /// A transformer that cannot be loaded, or a text that it cannot read.
  case transformer(TransformerError)
  /// A network of characters and words that cannot be loaded, or a text that it cannot read.
  case recurrent(RecurrentError)
  /// A head that cannot be loaded, or a vector that it cannot score.
  case head(HeadError)
  /// The Swift task that asked was cancelled while the model ran.
  case cancelled
  /// A model that its bundle pins, and a file of it that the bundle has no digest of.
  case notPinned(file: String)
  /// A list of words for texts in disguise that cannot be read.
  case respelling(RespellingError)
}

extension ModerationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .json(let file, let error): "\(file): \(error)"
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .notAModel(let folder):
      "\(folder): neither a moderation.json nor a sequence classifier's config.json is there"
    case .notInCache(let name, let revision, let cache):
      """
      \(name) is not in the Hugging Face cache (\(cache)). This brings it:
        hf download \(name)\(revision == "main" ? "" : " --revision \(revision)")
      """
    case .noDefaultWeights(let reason): reason
    case .unknownClass(let label, let head, let className, let available):
      "label \"\(label)\" reads class \"\(className)\" of head \"\(head)\", which has "
        + available.map { "\"\($0)\"" }.joined(separator: ", ")
    case .unknownHead(let label, let head, let available):
      "label \"\(label)\" reads head \"\(head)\"; there is "
        + available.map { "\"\($0)\"" }.joined(separator: ", ")
    case .ambiguousClass(let label, let head, let className):
      "label \"\(label)\" reads class \"\(className)\" of head \"\(head)\", which has several of "
        + "that name"
    case .duplicateLabel(let name):
      "several labels or classes are named \"\(name)\"; each needs a name of its own"
    case .dimensionMismatch(let head, let expected, let encoder):
      "head \"\(head)\" takes vectors of \(expected) numbers, the encoder gives \(encoder)"
    case .unsupportedPrecision(let precision, let allowed):
      "precision \(precision) is not allowed by this bundle, which has "
        + allowed.joined(separator: ", ")
    case .unknownContext(let value, let allowed):
      "context \"\(value)\" is not one of "
        + (allowed.isEmpty ? "any that is left" : allowed.joined(separator: "; "))
    case .contextNotSupported(let bundle):
      "\(bundle) has no contexts: its moderation.json has no \"context\""
    case .digestMismatch(let file, let expected, let actual):
      "\(file): SHA-256 is \(actual), the bundle expects \(expected)"
    case .cancelled: "the task was cancelled"
    case .notPinned(let file):
      "\(file): the bundle pins its model and has no SHA-256 of this file in \"model.files\""
    case .textTooLong(let bytes, let limit):
      "a text of \(bytes) bytes; at most \(limit) are read"
    case .invalidTree(let reason):
      "message tree: \(reason)"
    case .transformer(let error): error.description
    case .recurrent(let error): error.description
    case .head(let error): error.description
    case .respelling(let error): error.description
    }
  }
}

extension ModerationError: JSONFileError {}
