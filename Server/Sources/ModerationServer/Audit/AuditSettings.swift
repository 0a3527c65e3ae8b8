import Moderation
import Platform

/// How the audit log is kept.
public struct AuditSettings: Sendable, Equatable {
  public var path: String
  /// The file with the key that texts are digested under.
  public var keyFile: String
  /// Whether lines have the texts themselves beside the digests.
  public var includesTexts = false
  /// Bytes of a file, after which it gets another name and a new one begins.
  public var maximumBytes = 100_000_000

  public init(path: String, keyFile: String) {
    self.path = path
    self.keyFile = keyFile
  }

  /// - Throws: ``ServerError/setting(name:reason:)`` for a key that is not there or too short
  func digest() throws(ServerError) -> KeyedDigest {
    guard let data = try? Data(contentsOf: URL(filePath: keyFile)) else {
      throw .setting(name: "audit-key-file", reason: "\(keyFile) cannot be read")
    }
    var key = [UInt8](data)
    while let last = key.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
      key.removeLast()
    }
    guard key.count >= 16 else {
      throw .setting(name: "audit-key-file", reason: "\(keyFile) has fewer than 16 bytes")
    }
    return KeyedDigest(key: key)
  }
}
