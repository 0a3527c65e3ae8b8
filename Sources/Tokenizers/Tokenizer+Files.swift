#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Tokenizer {
  /// Reads a `tokenizer.json`.
  public init(json bytes: [UInt8]) throws(TokenizerError) {
    self = try TokenizerReader.read(bytes)
  }

  /// Reads a `tokenizer.json`.
  public init(json file: URL) throws(TokenizerError) {
    try self.init(json: Tokenizer.read(file))
  }

  static func read(_ file: URL) throws(TokenizerError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      throw .unreadable(file: file.path, reason: "\(error)")
    }
  }
}
