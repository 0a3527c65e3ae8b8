/// The merges of a BPE model: the rank and the result of each pair of ids, in flat arrays.
struct MergeTable: Sendable {
  /// Open addressing: the pair, and its rank; an empty slot has rank −1.
  private var pairs: [UInt64]
  private var ranks: [Int32]
  private var results: [Int32] = []
  private let shift: UInt64
  /// Drawn for each table, so that no file can know which pairs meet in a slot.
  private let multiplier = UInt64.random(in: 0 ... .max) | 1

  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    pairs = Array(repeating: 0, count: 1 << bits)
    ranks = Array(repeating: -1, count: 1 << bits)
    shift = 64 - bits
    results.reserveCapacity(capacity)
  }

  /// Adds the pair of the next rank; of equal pairs the last one counts.
  mutating func insert(_ left: Int32, _ right: Int32, merged: Int32) {
    let slot = slot(left, right)
    pairs[slot] = MergeTable.key(left, right)
    ranks[slot] = Int32(truncatingIfNeeded: results.count)
    results.append(merged)
  }

  @inline(__always)
  func rank(_ left: Int32, _ right: Int32) -> Int32? {
    let rank = ranks[slot(left, right)]
    return rank < 0 ? nil : rank
  }

  @inline(__always)
  func merged(_ rank: Int32) -> Int32 { results[Int(rank)] }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Where the pair is, or the free slot where it would be.
  @inline(__always)
  private func slot(_ left: Int32, _ right: Int32) -> Int {
    let key = MergeTable.key(left, right)
    var slot = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
    while ranks[slot] >= 0, pairs[slot] != key { slot = (slot &+ 1) & (ranks.count &- 1) }
    return slot
  }
}

/// The merges that may be made next, lowest rank first, then leftmost: a binary heap.
struct MergeQueue {
  /// Rank in the high half, position in the low one.
  private var heap: [UInt64] = []

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  mutating func push(rank: Int32, position: Int) {
    let value =
      UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(UInt32(truncatingIfNeeded: position))
    heap.append(value)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent] > value else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = value
  }

  mutating func pop() -> (rank: Int32, position: Int)? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard heap[child] < last else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = last
    }
    return (Int32(truncatingIfNeeded: top >> 32), Int(top & 0xFFFF_FFFF))
  }
}
