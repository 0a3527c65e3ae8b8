/// Tokens and their ids, keyed on bytes.
struct Vocabulary: Sendable {
  /// Token by entry.
  let trie: PieceTrie
  /// Id by entry; empty when they are the same.
  private let ids: [Int32]
  /// Entry by id, −1 where no entry has the id; empty when they are the same.
  private let entries: [Int32]

  /// A vocabulary in which a token's id is its index.
  init(_ table: PieceTable) throws(TokenizerError) {
    trie = try PieceTrie(table)
    ids = []
    entries = []
  }

  /// - Parameters:
  ///   - ids: one for each entry of the table
  ///   - path: where the tokens stand, for errors
  init(
    _ table: PieceTable, ids: [Int32], path: String = "model.vocab"
  ) throws(TokenizerError) {
    trie = try PieceTrie(table)
    if ids.indices.allSatisfy({ ids[$0] == Int32(truncatingIfNeeded: $0) }) {
      self.ids = []
      entries = []
      return
    }
    let limit = Int(ids.max() ?? -1) + 1
    guard limit <= 8 * ids.count + 65_536 else {
      throw .invalid(
        path: path, reason: "id \(limit - 1) in a vocabulary of \(ids.count) tokens")
    }
    var entries = [Int32](repeating: -1, count: limit)
    for (entry, id) in ids.enumerated() {
      guard id >= 0 else {
        throw .invalid(path: path, reason: "\"\(table.string(entry))\" has id \(id)")
      }
      guard entries[Int(id)] < 0 else {
        let first = table.string(Int(entries[Int(id)]))
        throw .invalid(
          path: path,
          reason: "\"\(first)\" and \"\(table.string(entry))\" share the id \(id)")
      }
      entries[Int(id)] = Int32(truncatingIfNeeded: entry)
    }
    self.ids = ids
    self.entries = entries
  }

  var count: Int { trie.table.count }

  /// One more than the largest id.
  var limit: Int32 { Int32(truncatingIfNeeded: ids.isEmpty ? count : entries.count) }

  @inline(__always)
  func id(entry: Int) -> Int32 {
    ids.isEmpty ? Int32(truncatingIfNeeded: entry) : ids[entry]
  }

  func id(of token: [UInt8]) -> Int32? { trie.find(token).map { id(entry: $0) } }
  func id(of token: String) -> Int32? { id(of: Array(token.utf8)) }

  /// The entry that has the id.
  func entry(id: Int32) -> Int? {
    guard id >= 0 else { return nil }
    if ids.isEmpty { return Int(id) < count ? Int(id) : nil }
    guard Int(id) < entries.count, entries[Int(id)] >= 0 else { return nil }
    return Int(entries[Int(id)])
  }

  func token(id: Int32) -> String? { entry(id: id).map { trie.table.string($0) } }
}
