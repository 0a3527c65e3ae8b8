/// A token that is looked for in the text before the model sees it.
struct AddedToken: Sendable, Equatable {
  var content: String
  /// Counts only where no word character touches it.
  var isSingleWord = false
  /// Takes the white space before it.
  var stripsLeft = false
  /// Takes the white space after it.
  var stripsRight = false
  /// Is looked for, normalised, in the normalised text.
  var isNormalized = true
  var isSpecial = false
}

/// The tokens on top of a model's vocabulary.
struct AddedTokens: Sendable {
  /// By id.
  private(set) var tokens: [Int32: AddedToken] = [:]
  /// Ids by the bytes of the content.
  private var ids: [[UInt8]: Int32] = [:]
  private var special: [AddedToken] = []
  private var specialContents: Set<[UInt8]> = []
  private var ordinary: [AddedToken] = []
  /// Whether special tokens in a text are ordinary text, and only others are looked for.
  var skipsSpecial = false
  private var raw: Matcher?
  private var normalized: Matcher?

  init() {}

  func id(of content: String) -> Int32? { ids[Array(content.utf8)] }

  var largestID: Int32 { tokens.keys.max() ?? -1 }

  /// Adds tokens; a token that the model knows keeps its id, any other gets the next free one.
  mutating func add(_ added: [AddedToken], to vocabulary: Vocabulary) {
    for token in added where token.isSpecial && !token.content.isEmpty {
      if specialContents.insert(Array(token.content.utf8)).inserted { special.append(token) }
    }
    let size = Int32(truncatingIfNeeded: vocabulary.count)
    var next = max(size, tokens.isEmpty ? size : largestID + 1)
    for token in added {
      let bytes = Array(token.content.utf8)
      if bytes.isEmpty || ids[bytes].flatMap({ tokens[$0] }) == token { continue }
      let id: Int32
      if let known = ids[bytes] ?? vocabulary.id(of: bytes) {
        id = known
      } else {
        id = next
        next += 1
      }
      ids[bytes] = id
      tokens[id] = token
      if !specialContents.contains(bytes) { ordinary.append(token) }
    }
  }

  /// Prepares the search; to be called when all tokens have been added.
  mutating func prepare(_ normalizer: Normalizer?) throws(TokenizerError) {
    var rawPatterns: [(content: [UInt8], id: Int32)] = []
    var normalizedPatterns = rawPatterns
    for token in special + ordinary {
      let bytes = Array(token.content.utf8)
      guard let id = ids[bytes] else { continue }
      guard token.isNormalized else {
        rawPatterns.append((bytes, id))
        continue
      }
      var text = AlignedText(original: bytes)
      if let normalizer {
        let original = text
        text = AlignedText()
        let piece = TextPiece(0..<bytes.count, shift: 0)
        normalizer.normalize(original, piece, into: &text)
      }
      normalizedPatterns.append((text.bytes, id))
    }
    raw = try Matcher(rawPatterns, tokens)
    normalized = try Matcher(normalizedPatterns, tokens)
  }

  /// Cuts out the tokens that are looked for in the original text.
  func extractRaw(_ text: inout SplitText) { raw?.extract(&text, skipping: skipped) }

  /// Cuts out those that are looked for in the normalised text.
  func extractNormalized(_ text: inout SplitText) {
    normalized?.extract(&text, skipping: skipped)
  }

  private var skipped: Set<[UInt8]> { skipsSpecial ? specialContents : [] }
}

extension AddedTokens {
  /// Finds the leftmost, and there the longest, of a set of strings.
  struct Matcher: Sendable {
    private let trie: PieceTrie
    private let ids: [Int32]
    private let options: [AddedToken]
    /// The bytes that a token begins with.
    private let isFirst: [Bool]

    /// Nil if there is nothing to look for.
    init?(
      _ patterns: [(content: [UInt8], id: Int32)], _ tokens: [Int32: AddedToken]
    ) throws(TokenizerError) {
      var table = PieceTable()
      var ids: [Int32] = []
      var options: [AddedToken] = []
      var seen: Set<[UInt8]> = []
      var isFirst = [Bool](repeating: false, count: 256)
      for (content, id) in patterns {
        // Of equal strings the first one counts.
        guard let first = content.first, let token = tokens[id],
          seen.insert(content).inserted
        else { continue }
        isFirst[Int(first)] = true
        table.append(content)
        ids.append(id)
        options.append(token)
      }
      guard !ids.isEmpty else { return nil }
      trie = try PieceTrie(table)
      self.ids = ids
      self.options = options
      self.isFirst = isFirst
    }

    /// - Parameter skipped: tokens that are passed over where they are found
    func extract(_ text: inout SplitText, skipping skipped: Set<[UInt8]>) {
      var result: [SplitText.Split]?
      for (index, split) in text.splits.enumerated() {
        guard split.token < 0, let pieces = pieces(text.text, split, skipped) else {
          result?.append(split)
          continue
        }
        if result == nil { result = Array(text.splits[..<index]) }
        result?.append(contentsOf: pieces)
      }
      if let result { text.splits = result }
    }

    /// The pieces of a split, nil if no token is in it.
    private func pieces(
      _ text: AlignedText, _ split: SplitText.Split, _ skipped: Set<[UInt8]>
    ) -> [SplitText.Split]? {
      let bytes = text.bytes.span
      var result: [SplitText.Split] = []
      var last = split.start
      var index = split.start
      // The end of the white space that was passed over last: a run of it is walked once.
      var spaceEnd = split.start
      func piece(_ start: Int, _ end: Int, _ token: Int32) {
        guard start < end else { return }
        result.append(
          .init(start: start, end: end, shift: Int(text.sources[start].start), token: token))
      }
      while index < split.end {
        guard isFirst[Int(bytes[index])],
          let match = trie.longest(bytes, index, split.end, below: trie.root)
        else {
          index &+= 1
          continue
        }
        let token = options[match.piece]
        var start = index
        var end = match.end
        index = match.end
        if !skipped.isEmpty, skipped.contains(Array(token.content.utf8)) { continue }
        if token.isSingleWord,
          isWord(bytes, before: start, split) || isWord(bytes, at: end, split)
        {
          continue
        }
        if token.stripsLeft { start = max(skipBack(bytes, start, last), last) }
        if token.stripsRight {
          if end >= spaceEnd { spaceEnd = skip(bytes, end, split) }
          end = spaceEnd
        }
        if last < start { piece(last, start, -1) }
        piece(start, end, ids[match.piece])
        last = end
      }
      guard !result.isEmpty else { return nil }
      piece(last, split.end, -1)
      return result
    }

    private func isWord(
      _ bytes: borrowing Span<UInt8>, before index: Int, _ split: SplitText.Split
    ) -> Bool {
      guard index > split.start else { return false }
      return isWord(bytes, at: UTF8Scalars.before(bytes, index), split)
    }

    private func isWord(
      _ bytes: borrowing Span<UInt8>, at index: Int, _ split: SplitText.Split
    ) -> Bool {
      guard index < split.end else { return false }
      return ScalarTable.shared[UTF8Scalars.read(bytes, index).scalar].contains(.word)
    }

    private func skip(
      _ bytes: borrowing Span<UInt8>, _ index: Int, _ split: SplitText.Split
    ) -> Int {
      var index = index
      while index < split.end {
        let (scalar, length) = UTF8Scalars.read(bytes, index)
        guard ScalarTable.shared[scalar].contains(.whitespace) else { break }
        index += length
      }
      return index
    }

    private func skipBack(
      _ bytes: borrowing Span<UInt8>, _ index: Int, _ first: Int
    ) -> Int {
      var index = index
      while index > first {
        let before = UTF8Scalars.before(bytes, index)
        let scalar = UTF8Scalars.read(bytes, before).scalar
        guard ScalarTable.shared[scalar].contains(.whitespace) else { break }
        index = before
      }
      return index
    }
  }
}
