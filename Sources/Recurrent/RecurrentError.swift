public import JSON
public import Safetensors

/// Why a character-and-word classifier cannot be loaded or cannot score.
public enum RecurrentError: Error, Sendable, Equatable {
  /// A file is absent or cannot be read.
  case unreadable(file: String)
  /// A file holds bytes that are no UTF-8.
  case notText(file: String)
  /// The configuration is no JSON, or lacks a key, or has one of the wrong kind.
  case configuration(file: String, JSONError)
  /// A key has a value that this version does not know.
  case unsupported(file: String, key: String, value: String, known: [String])
  /// A key's value cannot be right.
  case invalid(file: String, key: String, reason: String)
  case weights(SafetensorsError)
  /// The bundle takes ids only: its configuration has no `text`.
  case noTextPreparation
  /// An id from the caller lies outside of an embedding.
  case idOutOfRange(input: String, id: Int, count: Int)
}

extension RecurrentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file): "\(file): cannot be read"
    case .notText(let file): "\(file): is not UTF-8"
    case .configuration(let file, let error): "\(file): \(error)"
    case .unsupported(let file, let key, let value, let known):
      "\(file): \(key) is \"\(value)\"; known are \(known.joined(separator: ", "))"
    case .invalid(let file, let key, let reason): "\(file): \(key) \(reason)"
    case .weights(let error): "\(error)"
    case .noTextPreparation:
      "the configuration has no \"text\": this classifier takes ids, not texts"
    case .idOutOfRange(let input, let id, let count):
      "\(input): id \(id) is outside 0..<\(count)"
    }
  }
}
