/// The keys of one object that have been read, to find those that are repeated.
struct KeySet: Sendable {
  /// The first 16 keys. They are compared one by one, as most objects have no more.
  private var first: [ByteKey] = []
  private var others: Set<ByteKey> = []

  /// Adds the key; false if it was there.
  mutating func insert(_ text: String) -> Bool {
    let key = ByteKey(text: text)
    guard !first.contains(key) else { return false }
    if first.count < 16 {
      first.append(key)
      return true
    }
    return others.insert(key).inserted
  }
}

/// A string that is equal to another only when the bytes are: Swift's `String` takes two spellings
/// of one accented letter for the same.
struct ByteKey: Hashable, Sendable {
  let text: String

  static func == (left: ByteKey, right: ByteKey) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(0xFF as UInt8)
  }
}
