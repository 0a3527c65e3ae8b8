/// Words by their letters, each with its cost: the rarer the word, the higher.
///
/// The children of a node stand side by side in the order of their letters, so a node needs only the
/// set of those letters and the place of the first child.
struct WordTrie: Sendable {
  struct Node: Sendable {
    var letters = LetterSet.none
    var firstChild: Int32 = 0
    /// The word that ends here; −1 where none does.
    var word: Int32 = -1
    /// The least cost of the words that begin with these letters.
    var leastCost = WordTrie.noWord
  }

  /// The cost where no word is: more than any word's, and small enough to add to.
  fileprivate static let noWord = Int32.max / 2

  private(set) var nodes = [Node()]
  private let list: WordList

  /// A trie of the words that have letters. Of words with the same letters the first is kept.
  init(_ list: WordList) {
    self.list = list
    let order = list.sorted()
    nodes.reserveCapacity(3 * order.count)
    // A node's words are a range of the sorted ones: those that begin with its letters.
    var waiting = [(node: 0, depth: 0, range: 0..<order.count)]
    waiting.reserveCapacity(3 * order.count)
    var next = 0
    while next < waiting.count {
      let (node, depth, range) = waiting[next]
      next += 1
      var place = range.lowerBound
      while place < range.upperBound, list.letterCount(order[place]) == depth {
        if nodes[node].word < 0 { nodes[node].word = Int32(order[place]) }
        place += 1
      }
      nodes[node].firstChild = Int32(nodes.count)
      while place < range.upperBound {
        let letter = list.letter(order[place], depth)
        let start = place
        while place < range.upperBound, list.letter(order[place], depth) == letter { place += 1 }
        nodes[node].letters.insert(letter)
        waiting.append((nodes.count, depth + 1, start..<place))
        nodes.append(Node())
      }
    }
    // Children stand behind their parents.
    for node in nodes.indices.reversed() {
      if nodes[node].word >= 0 { nodes[node].leastCost = cost(ofWord: nodes[node].word) }
      let first = Int(nodes[node].firstChild)
      for child in first..<first + nodes[node].letters.bits.nonzeroBitCount {
        nodes[node].leastCost = min(nodes[node].leastCost, nodes[child].leastCost)
      }
    }
  }

  func cost(ofWord word: Int32) -> Int32 { list.words[Int(word)].cost }

  /// A word as it is written, marks included.
  func text(ofWord word: Int32) -> String { list.text(Int(word)) }

  func child(of node: Int32, _ letter: UInt8) -> Int32? {
    let node = nodes[Int(node)]
    guard node.letters.contains(letter) else { return nil }
    let before = node.letters.bits & ((1 << UInt32(letter)) - 1)
    return node.firstChild + Int32(before.nonzeroBitCount)
  }

  /// Calls `body` with every child of the node whose letter is in the set, in the letters' order.
  @inline(__always)
  func forEachChild(of node: Int32, in set: LetterSet, _ body: (UInt8, Int32) -> Void) {
    let node = nodes[Int(node)]
    var left = node.letters.bits
    var child = node.firstChild
    while left != 0 {
      let letter = UInt8(truncatingIfNeeded: left.trailingZeroBitCount)
      if set.contains(letter) { body(letter, child) }
      child += 1
      left &= left - 1
    }
  }
}
