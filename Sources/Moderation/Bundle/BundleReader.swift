import JSON

/// A reader of an object of `moderation.json`; keys that nobody asked for are errors.
typealias BundleReader = JSONReader<ModerationError>

extension JSONReader<ModerationError> {
  /// Entries of a list: labels, heads, actions, dimensions of the context and their values.
  static var mostEntries: Int { 1000 }
  /// Bytes of a part of a context's prefix, which stands in front of every text.
  static var longestPart: Int { 256 }

  /// An error for a list that is too long. What is done for each entry may go over all of them.
  func requireFew(_ count: Int, _ key: String) throws(ModerationError) {
    guard count <= Self.mostEntries else {
      throw invalid(key, "has \(count) entries; at most \(Self.mostEntries) are read")
    }
  }

  /// An error for a part of a prefix that is too long.
  func requireShort(_ text: String, _ key: String) throws(ModerationError) {
    guard text.utf8.count <= Self.longestPart else {
      throw invalid(
        key, "has a text of \(text.utf8.count) bytes; at most \(Self.longestPart) are read")
    }
  }

  /// A string with something in it.
  func name(_ key: String) throws(ModerationError) -> String {
    let text = try string(key)
    guard !text.isEmpty else { throw invalid(key, "must not be empty") }
    return text
  }

  /// The members of the object at `key`, whose values are strings, in order.
  func texts(_ key: String) throws(ModerationError) -> [(key: String, value: String)] {
    guard let members = try optionalReader(key) else { return [] }
    var result: [(key: String, value: String)] = []
    for name in members.object.keys { result.append((name, try members.string(name))) }
    return result
  }

  /// A path that stays below its folder.
  func optionalPath(_ key: String) throws(ModerationError) -> String? {
    guard let path = try optionalString(key) else { return nil }
    guard Self.isContained(path) else { throw invalid(key, Self.pathRule(path)) }
    return path
  }

  func digests(_ key: String) throws(ModerationError) -> [FileDigest] {
    var digests: [FileDigest] = []
    for (path, digest) in try texts(key) {
      guard Self.isContained(path) else { throw invalid("\(key).\(path)", Self.pathRule(path)) }
      let digest = digest.lowercased()
      guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isHexadecimal) else {
        throw invalid("\(key).\(path)", "must be a SHA-256 of 64 hexadecimal digits")
      }
      digests.append(FileDigest(path: path, sha256: digest))
    }
    return digests
  }

  private static func pathRule(_ path: String) -> String {
    "is \"\(path)\"; a path must be relative and may not leave its folder"
  }

  private static func isContained(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/") && !path.utf8.contains(0)
      && !path.split(separator: "/").contains("..")
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
