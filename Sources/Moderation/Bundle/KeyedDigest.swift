/// HMAC-SHA256 (RFC 2104): the digest of a text under a key.
///
/// Whoever has the key can tell whether a text is the one that was digested; nobody else can try out
/// texts until one fits.
public struct KeyedDigest: Sendable {
  private let inner: SHA256
  private let outer: SHA256

  public init(key: some Collection<UInt8>) {
    var block = Array(key)
    if block.count > 64 {
      var hash = SHA256()
      hash.update(block)
      block = hash.finishBytes()
    }
    block += [UInt8](repeating: 0, count: 64 - block.count)
    var (inner, outer) = (SHA256(), SHA256())
    inner.update(block.map { $0 ^ 0x36 })
    outer.update(block.map { $0 ^ 0x5C })
    (self.inner, self.outer) = (inner, outer)
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public func digest(of bytes: some Collection<UInt8>) -> String {
    var hash = inner
    hash.update(bytes)
    var result = outer
    result.update(hash.finishBytes())
    return result.finish()
  }

  /// The digest of a text's UTF-8.
  public func digest(of text: String) -> String { digest(of: text.utf8) }
}
