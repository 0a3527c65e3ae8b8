public import JSON

/// Why a tokenizer cannot be loaded.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file that cannot be read.
  case unreadable(file: String, reason: String)
  /// A folder without any file that a tokenizer is read from.
  case noTokenizer(folder: String)
  /// A file that the tokenizer class has no conversion for.
  case unsupportedFile(String, class: String)
  /// A folder whose files are not those that tokenizers of the class are read from.
  case otherFiles(folder: String, class: String, needed: [String], found: [String])
  /// Something in a JSON file.
  case json(file: String, JSONError)
  /// A normaliser, pre-tokeniser, model or post-processor of a kind that is not known.
  case unknownComponent(kind: String, name: String)
  /// An option of a component that is not known.
  case unknownOption(component: String, name: String)
  /// A value that makes no sense where it stands.
  case invalid(path: String, reason: String)
  /// A regular expression with something that the interpreter does not support.
  case unsupportedPattern(String, reason: String)
  /// A character map (`precompiled_charsmap`) that is not one.
  case invalidCharsmap(reason: String)
  /// A SentencePiece model that is not one.
  case invalidSentencePiece(reason: String)
  /// Text that the model does not know has no token to stand for it.
  case noUnknownToken(model: String, token: String?)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .noTokenizer(let folder):
      "\(folder): no tokenizer.json, nor any of \(SourceFiles.all.joined(separator: ", "))"
    case .unsupportedFile(let file, let name):
      "\(file): is not read for \(name); save the tokenizer as tokenizer.json, with "
        + "AutoTokenizer.from_pretrained(…).save_pretrained(…) of transformers"
    case .otherFiles(let folder, let name, let needed, let found):
      "\(folder): \(name) is read from tokenizer.json or \(needed.joined(separator: " and ")), but "
        + "the folder has \(found.joined(separator: " and ")); take the tokenizer's files of the "
        + "model that this one was trained from, or name their class as tokenizer_class in "
        + "tokenizer_config.json"
    case .json(let file, let error): "\(file): \(error)"
    case .unknownComponent(let kind, let name): "unknown \(kind) \"\(name)\""
    case .unknownOption(let component, let name): "\(component): unknown option \"\(name)\""
    case .invalid(let path, let reason): "\(path): \(reason)"
    case .unsupportedPattern(let pattern, let reason):
      "the regular expression \"\(pattern)\": \(reason)"
    case .invalidCharsmap(let reason): "precompiled_charsmap: \(reason)"
    case .invalidSentencePiece(let reason): "SentencePiece model: \(reason)"
    case .noUnknownToken(let model, let token?):
      "\(model): the unknown token \"\(token)\" is not in the vocabulary"
    case .noUnknownToken(let model, nil): "\(model): has no unknown token"
    }
  }
}
