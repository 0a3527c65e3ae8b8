public import JSON
public import Safetensors

/// Why a character-and-word classifier cannot be loaded or cannot score.
public enum RecurrentError: Error, Sendable, Equatable {
  /// A file is absent or cannot be read.
  case unreadable(file: String, reason: String)
  /// A file holds bytes that are no UTF-8.
  case notText(file: String)
  /// The configuration is no JSON, lacks a key, or has a key or a value that cannot be used.
  case json(file: String, JSONError)
  case weights(SafetensorsError)
  /// The bundle takes ids only: its configuration has no `text`.
  case noTextPreparation
  /// An id from the caller lies outside of an embedding.
  case idOutOfRange(input: String, id: Int, count: Int)
}

extension RecurrentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .notText(let file): "\(file): is not UTF-8"
    case .json(let file, let error): "\(file): \(error)"
    case .weights(let error): "\(error)"
    case .noTextPreparation:
      "the configuration has no \"text\": this classifier takes ids, not texts"
    case .idOutOfRange(let input, let id, let count):
      "\(input): id \(id) is outside 0..<\(count)"
    }
  }
}

extension RecurrentError: JSONFileError {}
