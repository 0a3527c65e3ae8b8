/// WordPiece: the longest piece first, then the longest continuation, and so on; a word that does
/// not come out even is unknown.
struct WordPiece: Sendable {
  let vocabulary: Vocabulary
  let unknown: Int32
  private let maximumScalars: Int
  /// Below it, the pieces that may continue a word.
  private let continuations: PieceTrie.Node?

  init(
    _ vocabulary: Vocabulary, unknown: String, continuationPrefix: String, maximumScalars: Int
  ) throws(TokenizerError) {
    guard let id = vocabulary.id(of: unknown) else {
      throw .noUnknownToken(model: "WordPiece", token: unknown)
    }
    self.vocabulary = vocabulary
    self.unknown = id
    self.maximumScalars = maximumScalars
    let trie = vocabulary.trie
    continuations = trie.descend(trie.root, Array(continuationPrefix.utf8))
  }

  func tokenize(_ text: borrowing Span<UInt8>, _ word: Range<Int>, into buffer: inout TokenBuffer) {
    let limit = word.upperBound
    let count = buffer.tokens.count
    if word.count > maximumScalars, UTF8Scalars.count(text, word) > maximumScalars {
      buffer.append(unknown, word.lowerBound, limit)
      return
    }
    let trie = vocabulary.trie
    var start = word.lowerBound
    var node: PieceTrie.Node? = trie.root
    while start < limit {
      guard let below = node, let match = trie.longest(text, start, limit, below: below),
        match.end > start
      else {
        buffer.tokens.removeSubrange(count...)
        buffer.append(unknown, word.lowerBound, limit)
        return
      }
      buffer.append(vocabulary.id(entry: match.piece), start, match.end)
      start = match.end
      node = continuations
    }
  }
}

/// One token for each word of the vocabulary, another for all others.
struct WordLevel: Sendable {
  let vocabulary: Vocabulary
  let unknown: Int32

  init(_ vocabulary: Vocabulary, unknown: String) throws(TokenizerError) {
    guard let id = vocabulary.id(of: unknown) else {
      throw .noUnknownToken(model: "WordLevel", token: unknown)
    }
    self.vocabulary = vocabulary
    self.unknown = id
  }

  func tokenize(_ text: borrowing Span<UInt8>, _ word: Range<Int>, into buffer: inout TokenBuffer) {
    let entry = vocabulary.trie.find(text, word)
    let id = entry.map { vocabulary.id(entry: $0) } ?? unknown
    buffer.append(id, word.lowerBound, word.upperBound)
  }
}
