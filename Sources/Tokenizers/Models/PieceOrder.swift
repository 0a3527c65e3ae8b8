/// Puts pieces in the order of their bytes, a shorter piece before those that begin with it, equal
/// ones in the order of the table.
///
/// Eight bytes at a time: a radix sort of all pieces by their first eight, then the few that agree
/// in those by the next eight, and so on. Comparing pieces in pairs would spend its time waiting
/// for memory.
struct PieceOrder {
  /// A piece with its first bytes at hand, so that whoever goes through the sorted pieces seldom
  /// has to look them up.
  struct Item {
    /// The first eight bytes, the first of all on top, zero beyond the end.
    var key: UInt64
    var piece: UInt32
    /// In bytes.
    var length: UInt32
  }

  private let table: PieceTable

  static func sorted(_ table: PieceTable) -> [Item] {
    PieceOrder(table: table).sorted()
  }

  private func sorted() -> [Item] {
    var items: [Item] = []
    items.reserveCapacity(table.count)
    let bytes = table.bytes.span
    for piece in 0..<table.count {
      let range = table.range(piece)
      items.append(
        Item(
          key: key(range, at: 0, bytes), piece: UInt32(truncatingIfNeeded: piece),
          length: UInt32(truncatingIfNeeded: range.count)))
    }
    radixSort(&items)
    sortTies(&items, 0..<items.count)
    return items
  }

  /// The eight bytes of a piece from `depth` on.
  private func key(
    _ range: Range<Int>, at depth: Int, _ bytes: borrowing Span<UInt8>
  ) -> UInt64 {
    var key: UInt64 = 0
    let start = range.lowerBound + depth
    let end = min(range.upperBound, start + 8)
    guard start < end else { return 0 }
    for index in start..<end { key = key << 8 | UInt64(bytes[index]) }
    return key << UInt64(8 * (8 - (end - start)))
  }

  private func radixSort(_ items: inout [Item]) {
    var other = items
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      var starts = [Int](repeating: 0, count: 257)
      for item in items { starts[Int(item.key >> shift & 0xFF) + 1] += 1 }
      if starts.contains(items.count) { continue }
      for byte in 1...256 { starts[byte] += starts[byte - 1] }
      for item in items {
        let byte = Int(item.key >> shift & 0xFF)
        other[starts[byte]] = item
        starts[byte] += 1
      }
      swap(&items, &other)
    }
  }

  /// Sorts every run that agrees in its keys; pieces that have ended come first.
  private func sortTies(_ items: inout [Item], _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      while end < range.upperBound, items[end].key == items[start].key { end += 1 }
      if end - start > 1 { sortTie(&items, start..<end, depth: 0) }
      start = end
    }
  }

  /// Sorts a run of pieces that agree in the eight bytes from `depth` on.
  private func sortTie(_ items: inout [Item], _ run: Range<Int>, depth: Int) {
    if run.count <= 16 {
      sortFew(&items, run, depth: depth)
      return
    }
    let limit = UInt32(truncatingIfNeeded: depth + 8)
    let tie = Array(items[run])
    let ended = tie.filter { $0.length <= limit }
      .sorted { ($0.length, $0.piece) < ($1.length, $1.piece) }
    let bytes = table.bytes.span
    var longer: [(key: UInt64, item: Item)] = []
    for item in tie where item.length > limit {
      longer.append((key(table.range(Int(item.piece)), at: depth + 8, bytes), item))
    }
    longer.sort { ($0.key, $0.item.piece) < ($1.key, $1.item.piece) }
    let middle = run.lowerBound + ended.count
    for (offset, item) in ended.enumerated() { items[run.lowerBound + offset] = item }
    for (offset, entry) in longer.enumerated() { items[middle + offset] = entry.item }
    var start = 0
    while start < longer.count {
      var end = start + 1
      while end < longer.count, longer[end].key == longer[start].key { end += 1 }
      if end - start > 1 { sortTie(&items, middle + start..<middle + end, depth: depth + 8) }
      start = end
    }
  }

  /// Insertion sort by the bytes themselves.
  private func sortFew(_ items: inout [Item], _ run: Range<Int>, depth: Int) {
    let bytes = table.bytes.span
    for index in run.dropFirst() {
      let item = items[index]
      var place = index
      while place > run.lowerBound, isBefore(item, items[place - 1], depth, bytes) {
        items[place] = items[place - 1]
        place -= 1
      }
      items[place] = item
    }
  }

  private func isBefore(
    _ first: Item, _ second: Item, _ depth: Int, _ bytes: borrowing Span<UInt8>
  ) -> Bool {
    let left = table.range(Int(first.piece))
    let right = table.range(Int(second.piece))
    var offset = depth
    while offset < left.count, offset < right.count {
      let (one, other) = (bytes[left.lowerBound + offset], bytes[right.lowerBound + offset])
      if one != other { return one < other }
      offset += 1
    }
    return left.count == right.count ? first.piece < second.piece : left.count < right.count
  }
}
