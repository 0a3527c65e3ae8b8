/// A trie of byte strings as a double array: one load a byte.
///
/// The child of a node by a byte is at `base ^ byte`, and carries the byte as its label. No two
/// nodes share a base, so a slot that is taken and carries the byte is that child. A piece that
/// shares nothing with others beyond a node ends there as a tail: its remaining bytes are compared
/// with the table.
struct PieceTrie: Sendable {
  /// Low half: label (8 bits), taken (1), tail (1), base (22). High half: the piece, or −1.
  private var units: [UInt64]
  let table: PieceTable

  private static let taken: UInt64 = 1 << 8
  private static let tail: UInt64 = 1 << 9
  private static let maximumUnits = 1 << 22
  /// Bytes of the longest piece: the work at one place of a text is bounded by it.
  static let longestPiece = 4096

  /// A place in the trie.
  struct Node {
    fileprivate var unit: UInt64
    /// The bytes above the node.
    fileprivate var depth: Int
  }

  /// Of equal pieces the last one counts.
  init(_ table: PieceTable) throws(TokenizerError) {
    self.table = table
    units = []
    if let long = (0..<table.count).first(where: { table.range($0).count > Self.longestPiece }) {
      throw .invalid(
        path: "vocabulary",
        reason:
          "a token of \(table.range(long).count) bytes; at most \(Self.longestPiece) are read")
    }
    var builder = Builder(table: table)
    guard builder.build() else {
      throw .invalid(
        path: "vocabulary", reason: "\(table.count) pieces are more than a trie can hold")
    }
    units = builder.units
  }

  var root: Node { Node(unit: units[0], depth: 0) }

  /// The node below `node` by the bytes of `text`; it may lie inside a tail.
  func descend(_ node: Node, _ text: [UInt8]) -> Node? {
    var node = node
    for byte in text {
      if node.unit & Self.tail != 0 {
        let range = table.range(Int(truncatingIfNeeded: node.unit >> 32))
        guard node.depth < range.count, table.bytes[range.lowerBound + node.depth] == byte else {
          return nil
        }
      } else {
        node.unit = child(node.unit, byte)
        guard node.unit != 0 else { return nil }
      }
      node.depth += 1
    }
    return node
  }

  @inline(__always)
  private func child(_ unit: UInt64, _ byte: UInt8) -> UInt64 {
    let slot = Int(truncatingIfNeeded: unit >> 10 & 0x3F_FFFF) ^ Int(byte)
    let next = units[slot]
    return next & 0x1FF == Self.taken | UInt64(byte) ? next : 0
  }

  /// Calls `body` with every piece that begins at `start` of the text below `node`, and the index
  /// where it ends, shortest first.
  @inline(__always)
  func matches(
    _ text: borrowing Span<UInt8>, _ start: Int, _ limit: Int, below node: Node,
    _ body: (_ piece: Int, _ end: Int) -> Void
  ) {
    var unit = node.unit
    var index = start
    while true {
      if unit & Self.tail != 0 {
        let piece = Int(truncatingIfNeeded: unit >> 32)
        let depth = node.depth + (index - start)
        if let end = tailEnd(piece, depth, text, index, limit) { body(piece, end) }
        return
      }
      guard index < limit else { return }
      unit = child(unit, text[index])
      guard unit != 0 else { return }
      index &+= 1
      if unit & Self.tail == 0 {
        let piece = Int32(truncatingIfNeeded: unit >> 32)
        if piece >= 0 { body(Int(piece), index) }
      }
    }
  }

  /// Where the rest of `piece`, from its byte `depth` on, ends in the text, if it stands there.
  @inline(__always)
  private func tailEnd(
    _ piece: Int, _ depth: Int, _ text: borrowing Span<UInt8>, _ start: Int, _ limit: Int
  ) -> Int? {
    let range = table.range(piece)
    var position = range.lowerBound + depth
    guard range.upperBound - position <= limit - start else { return nil }
    let bytes = table.bytes.span
    var index = start
    while position < range.upperBound {
      guard bytes[position] == text[index] else { return nil }
      position &+= 1
      index &+= 1
    }
    return index
  }

  /// The longest piece that begins at `start`.
  @inline(__always)
  func longest(
    _ text: borrowing Span<UInt8>, _ start: Int, _ limit: Int, below node: Node
  ) -> (piece: Int, end: Int)? {
    var piece = -1
    var end = start
    matches(text, start, limit, below: node) {
      piece = $0
      end = $1
    }
    return piece < 0 ? nil : (piece, end)
  }

  /// The piece that is exactly these bytes.
  func find(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Int? {
    var found: Int?
    matches(text, range.lowerBound, range.upperBound, below: root) { piece, end in
      if end == range.upperBound { found = piece }
    }
    return found
  }

  func find(_ text: [UInt8]) -> Int? { find(text.span, 0..<text.count) }
}

extension PieceTrie {
  private struct Builder {
    let table: PieceTable
    var units: [UInt64] = []
    /// The free slots as a ring, by slot; -1 for taken ones.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var head = -1
    private var isBase: [Bool] = []

    init(table: PieceTable) { self.table = table }

    private struct Job {
      var first: Int
      var end: Int
      var depth: Int
      var slot: Int
    }

    mutating func build() -> Bool {
      guard table.count < Int(Int32.max) else { return false }
      let table = table
      let bytes = table.bytes.span
      let order = PieceOrder.sorted(table)
      let items = order.span
      let expected = min(PieceTrie.maximumUnits, table.count * 2 + 512)
      units.reserveCapacity(expected)
      next.reserveCapacity(expected)
      previous.reserveCapacity(expected)
      isBase.reserveCapacity(expected)
      grow()
      // No node has base 0, which stands for "no children", or 1, which would make the root,
      // at slot 0 with label 1, its child.
      isBase[0] = true
      isBase[1] = true
      take(0, label: 1)
      var jobs = [Job(first: 0, end: order.count, depth: 0, slot: 0)]
      var labels: [UInt8] = []
      var starts: [Int] = []
      while let job = jobs.popLast() {
        var first = job.first
        // Pieces that end at this node come first; the last of them counts.
        while first < job.end, Int(items[first].length) == job.depth { first += 1 }
        setPiece(job.slot, first > job.first ? items[first - 1].piece : nil)
        guard first < job.end else { continue }
        labels.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        for index in first..<job.end {
          let byte: UInt8
          if job.depth < 8 {
            byte = UInt8(truncatingIfNeeded: items[index].key >> UInt64(56 - 8 * job.depth))
          } else {
            byte = bytes[table.range(Int(items[index].piece)).lowerBound + job.depth]
          }
          if labels.last != byte {
            labels.append(byte)
            starts.append(index)
          }
        }
        starts.append(job.end)
        guard let base = place(labels) else { return false }
        units[job.slot] |= UInt64(base) << 10
        for child in labels.indices {
          let slot = base ^ Int(labels[child])
          take(slot, label: labels[child])
          let (begin, end) = (starts[child], starts[child + 1])
          if end - begin == 1 {
            setPiece(slot, items[begin].piece)
            if Int(items[begin].length) > job.depth + 1 { units[slot] |= PieceTrie.tail }
          } else {
            jobs.append(Job(first: begin, end: end, depth: job.depth + 1, slot: slot))
          }
        }
      }
      return true
    }

    private mutating func setPiece(_ slot: Int, _ piece: UInt32?) {
      units[slot] = units[slot] & 0xFFFF_FFFF | UInt64(piece ?? .max) << 32
    }

    /// A base at which all labels fall on free slots, marked as used.
    private mutating func place(_ labels: [UInt8]) -> Int? {
      var slot = head
      var tries = labels.count == 1 ? 4 : 24
      while slot >= 0, tries > 0 {
        let base = slot ^ Int(labels[0])
        if !isBase[base], labels.allSatisfy({ next[base ^ Int($0)] >= 0 }) {
          isBase[base] = true
          return base
        }
        slot = Int(next[slot])
        if slot == head { break }
        tries -= 1
      }
      guard units.count + 256 <= PieceTrie.maximumUnits else { return nil }
      let base = units.count
      grow()
      isBase[base] = true
      return base
    }

    /// Adds a block of 256 free slots, ahead of those that are left over.
    private mutating func grow() {
      let start = units.count
      units.append(contentsOf: repeatElement(0, count: 256))
      isBase.append(contentsOf: repeatElement(false, count: 256))
      let before = head < 0 ? start + 255 : Int(previous[head])
      for slot in start..<start + 256 {
        previous.append(Int32(truncatingIfNeeded: slot == start ? before : slot - 1))
        next.append(Int32(truncatingIfNeeded: slot + 1))
      }
      if head < 0 {
        next[start + 255] = Int32(truncatingIfNeeded: start)
      } else {
        next[start + 255] = Int32(truncatingIfNeeded: head)
        next[before] = Int32(truncatingIfNeeded: start)
        previous[head] = Int32(truncatingIfNeeded: start + 255)
      }
      head = start
    }

    private mutating func take(_ slot: Int, label: UInt8) {
      units[slot] = PieceTrie.taken | UInt64(label)
      let after = Int(next[slot])
      let before = Int(previous[slot])
      next[before] = Int32(truncatingIfNeeded: after)
      previous[after] = Int32(truncatingIfNeeded: before)
      next[slot] = -1
      if head == slot { head = after == slot ? -1 : after }
    }
  }
}
