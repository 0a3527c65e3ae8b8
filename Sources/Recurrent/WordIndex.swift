/// A list of words, each a run of Unicode scalars, and the ways to find one.
///
/// Keyed on scalars: `String` equality would join canonically equivalent spellings. The first of two
/// equal words, or of two words with the same squeezed form, is the one that is found.
struct WordIndex: Sendable {
  private var exact: ScalarHash
  private var squeezed: ScalarHash
  /// Keys of the words of each length in scalars, in the order of the list.
  private var byLength: [Int: [Int32]] = [:]
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
        byLength[scalars.count, default: []].append(key)
      }
      _ = squeezed.insert(scalars.withRuns(limitedTo: 1), place)
    }
  }

  /// The position of the word.
  func position(of word: [UInt32]) -> Int32? { exact[word] }

  /// The first word with that squeezed form (equal neighbours made one).
  func position(squeezed word: [UInt32]) -> Int32? { squeezed[word] }

  func position(special word: String) -> Int32? { special[word] }

  /// The first word of `count` scalars each of which `matches` at its place.
  func position(count: Int, where matches: (Int, UInt32) -> Bool) -> Int32? {
    byLength[count]?.first { exact.key($0, matches: matches) }.map { exact.position(ofKey: $0) }
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

  func key(_ number: Int32, matches: (Int, UInt32) -> Bool) -> Bool {
    let start = Int(starts[Int(number)])
    for place in 0..<(Int(starts[Int(number) + 1]) - start)
    where !matches(place, scalars[start + place]) { return false }
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
