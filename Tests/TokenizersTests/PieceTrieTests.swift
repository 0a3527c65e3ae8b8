import Testing

@testable import Tokenizers

@Suite struct PieceTrieTests {
  private func table(_ pieces: [[UInt8]]) -> PieceTable {
    var table = PieceTable()
    for piece in pieces { table.append(piece) }
    return table
  }

  /// Random pieces over few letters, so that many share prefixes, some with NUL and 0xFF.
  private func pieces(_ count: Int, _ random: inout SplitMix) -> [[UInt8]] {
    let letters: [UInt8] = [0x00, 0x01, 0x61, 0x62, 0x63, 0xE2, 0x96, 0x81, 0xFF]
    return (0..<count).map { _ in
      (0..<Int(random.next() % 24)).map { _ in letters[Int(random.next() % 9)] }
    }
  }

  @Test(arguments: [1, 2, 17, 300, 5000])
  func `pieces are put in the order of their bytes`(count: Int) {
    var random = SplitMix(state: UInt64(count))
    let pieces = pieces(count, &random)
    let order = PieceOrder.sorted(table(pieces)).map { Int($0.piece) }
    let expected = pieces.indices.sorted {
      if pieces[$0] == pieces[$1] { return $0 < $1 }
      return pieces[$0].lexicographicallyPrecedes(pieces[$1])
    }
    #expect(order == expected)
  }

  @Test(arguments: [1, 2, 17, 300, 5000])
  func `every piece that begins at a place is found, shortest first`(count: Int) throws {
    var random = SplitMix(state: UInt64(count) + 99)
    let pieces = pieces(count, &random)
    let trie = try PieceTrie(table(pieces))
    var last: [[UInt8]: Int] = [:]
    for (index, piece) in pieces.enumerated() { last[piece] = index }
    for _ in 0..<200 {
      let text = self.pieces(1, &random)[0] + pieces[Int(random.next() % UInt64(count))]
      for start in text.indices {
        var found: [[Int]] = []
        trie.matches(text.span, start, text.count, below: trie.root) { found.append([$0, $1]) }
        let expected = (start + 1...text.count).compactMap { end in
          last[Array(text[start..<end])].map { [$0, end] }
        }
        #expect(found == expected)
      }
    }
    for piece in pieces where !piece.isEmpty { #expect(trie.find(piece) == last[piece]) }
    #expect(trie.find([0x64]) == nil)
  }

  @Test func `canonically equivalent pieces are different pieces`() throws {
    let trie = try PieceTrie(table([Array("é".utf8), Array("e\u{301}".utf8)]))
    #expect(trie.find(Array("é".utf8)) == 0)
    #expect(trie.find(Array("e\u{301}".utf8)) == 1)
  }

  @Test func `a node inside a tail can be gone down to`() throws {
    let trie = try PieceTrie(table([Array("##a".utf8), Array("b".utf8)]))
    let node = try #require(trie.descend(trie.root, Array("##".utf8)))
    let text = Array("ab".utf8)
    let match = trie.longest(text.span, 0, 2, below: node)
    #expect(match?.piece == 0)
    #expect(match?.end == 1)
    #expect(trie.descend(trie.root, Array("#b".utf8)) == nil)
  }
}
