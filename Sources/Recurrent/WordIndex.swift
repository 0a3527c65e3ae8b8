/// A list of words, each a run of Unicode scalars, and the ways to find one.
///
/// Keyed on scalars: `String` equality would join canonically equivalent spellings. The first of two
/// equal words, or of two words with the same squeezed form, is the one that is found.
struct WordIndex: Sendable {
  private var exact: ScalarHash
  private var squeezed: ScalarHash
  private var byLength: [Int: SameLength] = [:]
  /// `<user>` and the like stand for something; no text spells them.
  private var special: [String: Int32] = [:]
  let count: Int

  init(_ words: [String]) {
    count = words.count
    exact = ScalarHash(capacity: words.count)
    squeezed = ScalarHash(capacity: words.count)
    for (position, word) in words.enumerated() {
      let place = Int32(position)
      if word.utf8.first == UInt8(ascii: "<"), word.utf8.last == UInt8(ascii: ">") {
        if special[word] == nil { special[word] = place }
        continue
      }
      let scalars = word.unicodeScalars.map(\.value)
      if let key = exact.insert(scalars, place) {
        byLength[scalars.count, default: SameLength()].append(scalars, key: key)
      }
      _ = squeezed.insert(scalars.withRuns(limitedTo: 1), place)
    }
  }

  /// The position of the word.
  func position(of word: [UInt32]) -> Int32? { exact[word] }

  /// The first word with that squeezed form (equal neighbours made one).
  func position(squeezed word: [UInt32]) -> Int32? { squeezed[word] }

  func position(special word: String) -> Int32? { special[word] }

  /// The scalars that a pattern allows in one place: one of two, or any.
  struct Choice: Sendable {
    let first, second: UInt32
    static let any = Choice(first: .max, second: .max)

    init(first: UInt32, second: UInt32) { (self.first, self.second) = (first, second) }
    init(_ scalar: UInt32) { self.init(first: scalar, second: scalar) }

    var isAny: Bool { first == .max }
    func allows(_ scalar: UInt32) -> Bool { isAny || scalar == first || scalar == second }
  }

  /// The first word of that length that the pattern allows.
  func position(matching pattern: [Choice]) -> Int32? {
    byLength[pattern.count]?.first(matching: pattern, in: exact)
      .map { exact.position(ofKey: $0) }
  }
}

extension [UInt32] {
  /// Runs of equal neighbours longer than `limit` shortened to it.
  func withRuns(limitedTo limit: Int) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(count)
    var run = 0
    for scalar in self {
      run = scalar == result.last ? run + 1 : 1
      if run <= limit { result.append(scalar) }
    }
    return result
  }
}

/// The words of one length in scalars, in the order of the list.
///
/// A text may be nothing but masked words, and each is compared with thousands of listed ones: their
/// beginnings lie together, and few words have the pattern's.
private struct SameLength: Sendable {
  private var keys: [Int32] = []
  /// The first two scalars of each.
  private var beginnings: [UInt64] = []

  mutating func append(_ scalars: [UInt32], key: Int32) {
    keys.append(key)
    beginnings.append(Self.beginning(scalars.first ?? 0, scalars.dropFirst().first ?? 0))
  }

  private static func beginning(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  func first(matching pattern: [WordIndex.Choice], in words: ScalarHash) -> Int32? {
    guard let one = pattern.first else { return nil }
    let two = pattern.count > 1 ? pattern[1] : WordIndex.Choice(0)
    let mask = Self.beginning(one.isAny ? 0 : .max, two.isAny ? 0 : .max)
    let a = Self.beginning(one.first, two.first) & mask
    let b = Self.beginning(one.first, two.second) & mask
    let c = Self.beginning(one.second, two.first) & mask
    let d = Self.beginning(one.second, two.second) & mask
    for (index, beginning) in beginnings.enumerated() {
      let value = beginning & mask
      guard value == a || value == b || value == c || value == d else { continue }
      if words.key(keys[index], matches: pattern) { return keys[index] }
    }
    return nil
  }
}

/// An open-addressed hash table from scalar strings to positions; the first insertion stays.
private struct ScalarHash: Sendable {
  private var slots: [Int32]
  private var positions: [Int32] = []
  /// All keys end to end; key `k` is `scalars[starts[k]..<starts[k + 1]]`.
  private var scalars: [UInt32] = []
  private var starts: [Int32] = [0]
  private let mask: Int

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  /// The number of the key, if it is a new one.
  mutating func insert(_ key: [UInt32], _ position: Int32) -> Int32? {
    let slot = find(key)
    guard slots[slot] < 0 else { return nil }
    let number = Int32(positions.count)
    slots[slot] = number
    positions.append(position)
    scalars.append(contentsOf: key)
    starts.append(Int32(scalars.count))
    return number
  }

  subscript(key: [UInt32]) -> Int32? {
    let found = slots[find(key)]
    return found < 0 ? nil : positions[Int(found)]
  }

  func position(ofKey number: Int32) -> Int32 { positions[Int(number)] }

  func key(_ number: Int32, matches pattern: [WordIndex.Choice]) -> Bool {
    let start = Int(starts[Int(number)])
    for (place, choice) in pattern.enumerated() where !choice.allows(scalars[start + place]) {
      return false
    }
    return true
  }

  /// The slot of the key, or the free one where it would go. A table is at most half full.
  private func find(_ key: [UInt32]) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for scalar in key { hash = (hash ^ UInt64(scalar)) &* 0x0000_0100_0000_01b3 }
    var slot = Int(truncatingIfNeeded: hash ^ (hash >> 29)) & mask
    while slots[slot] >= 0 {
      let found = Int(slots[slot])
      let range = Int(starts[found])..<Int(starts[found + 1])
      if range.count == key.count, scalars[range].elementsEqual(key) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }
}
