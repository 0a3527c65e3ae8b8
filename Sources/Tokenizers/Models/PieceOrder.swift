/// Puts pieces in the order of their bytes, a shorter piece before those that begin with it, equal
/// ones in the order of the table.
///
/// Eight bytes at a time: a radix sort of all pieces by their first eight, then the few that agree
/// in those by the next eight, and so on. Comparing pieces in pairs would spend its time waiting
/// for memory.
struct PieceOrder {
  private struct Item {
    var key: UInt64
    var piece: UInt32
  }

  private let table: PieceTable

  static func sorted(_ table: PieceTable) -> [UInt32] {
    PieceOrder(table: table).sorted()
  }

  private func sorted() -> [UInt32] {
    var items: [Item] = []
    items.reserveCapacity(table.count)
    let bytes = table.bytes.span
    for piece in 0..<table.count {
      items.append(Item(key: key(piece, at: 0, bytes), piece: UInt32(truncatingIfNeeded: piece)))
    }
    radixSort(&items)
    sortTies(&items, 0..<items.count, depth: 0)
    return items.map(\.piece)
  }

  private func key(_ piece: Int, at depth: Int, _ bytes: borrowing Span<UInt8>) -> UInt64 {
    let range = table.range(piece)
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

  /// Sorts, within a range, every run that agrees in its keys; pieces that have ended come first.
  private func sortTies(_ items: inout [Item], _ range: Range<Int>, depth: Int) {
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      while end < range.upperBound, items[end].key == items[start].key { end += 1 }
      if end - start > 1 { sortTie(&items, start..<end, depth: depth) }
      start = end
    }
  }

  private func sortTie(_ items: inout [Item], _ run: Range<Int>, depth: Int) {
    if run.count <= 16 {
      sortFew(&items, run, depth: depth)
      return
    }
    func left(_ item: Item) -> Int { table.range(Int(item.piece)).count - depth }
    let tie = Array(items[run])
    let ended = tie.filter { left($0) <= 8 }
      .sorted { (left($0), $0.piece) < (left($1), $1.piece) }
    var longer = tie.filter { left($0) > 8 }
    let bytes = table.bytes.span
    for index in longer.indices {
      longer[index].key = key(Int(longer[index].piece), at: depth + 8, bytes)
    }
    longer.sort { ($0.key, $0.piece) < ($1.key, $1.piece) }
    let middle = run.lowerBound + ended.count
    for (offset, item) in ended.enumerated() { items[run.lowerBound + offset] = item }
    for (offset, item) in longer.enumerated() { items[middle + offset] = item }
    if !longer.isEmpty { sortTies(&items, middle..<run.upperBound, depth: depth + 8) }
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
