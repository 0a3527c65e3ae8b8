/// The keys of one object, compared byte by byte: Swift's `String` would take two spellings of one
/// accented letter for the same key.
///
/// Up to 16 keys are compared one by one; more go through an open-addressing table.
struct KeySet: Sendable {
  private var arena: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Index of a key plus one; 0 is free. The count is a power of two, or 0.
  private var table: [Int32] = []

  /// Adds the key; false if it was there.
  mutating func insert(_ key: some Collection<UInt8>) -> Bool {
    let hash = KeySet.hash(key)
    if table.isEmpty {
      for index in hashes.indices where hashes[index] == hash {
        if self.key(index).elementsEqual(key) { return false }
      }
    } else {
      var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
      while table[slot] != 0 {
        let index = Int(table[slot]) - 1
        if hashes[index] == hash, self.key(index).elementsEqual(key) { return false }
        slot = (slot + 1) & (table.count - 1)
      }
    }
    arena.append(contentsOf: key)
    ends.append(arena.count)
    hashes.append(hash)
    if hashes.count > 16, hashes.count * 2 > table.count {
      rebuild()
    } else if !table.isEmpty {
      place(hashes.count - 1)
    }
    return true
  }

  private func key(_ index: Int) -> ArraySlice<UInt8> {
    arena[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  private mutating func rebuild() {
    var size = 64
    while size < hashes.count * 4 { size *= 2 }
    table = [Int32](repeating: 0, count: size)
    for index in hashes.indices { place(index) }
  }

  private mutating func place(_ index: Int) {
    var slot = Int(truncatingIfNeeded: hashes[index]) & (table.count - 1)
    while table[slot] != 0 { slot = (slot + 1) & (table.count - 1) }
    table[slot] = Int32(truncatingIfNeeded: index + 1)
  }

  /// Seeded per process, so that a file cannot be made of colliding keys.
  private static let seed = UInt64.random(in: .min ... .max)

  private static func hash(_ key: some Collection<UInt8>) -> UInt64 {
    var hash = seed
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 ^ (hash >> 29) }
    return hash ^ (hash >> 32)
  }
}
