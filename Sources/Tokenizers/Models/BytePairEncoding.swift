/// Byte-pair encoding: neighbouring symbols are merged, the pair of the lowest rank first, the
/// leftmost of equals.
struct BytePairEncoding: Sendable {
  struct Options: Sendable {
    var unknown: String?
    var continuationPrefix: [UInt8] = []
    var wordSuffix: [UInt8] = []
    var fusesUnknown = false
    var byteFallback = false
    var ignoresMerges = false
  }

  /// A symbol of a word, linked to its neighbours.
  struct Symbol {
    var id: Int32
    /// In bytes of the word; 0 once it has been merged into the one before it.
    var length: Int32
    var previous: Int32
    var next: Int32
  }

  let vocabulary: Vocabulary
  private let merges: MergeTable
  private let options: Options
  let unknown: Int32?
  private let bytes: [Int32]

  /// - Parameters:
  ///   - pairs: the merges, by falling priority
  ///   - path: where they stand, for errors
  init(
    _ vocabulary: Vocabulary, merges pairs: [(left: [UInt8], right: [UInt8])], options: Options,
    path: String = "model.merges"
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    self.options = options
    unknown = options.unknown.flatMap { vocabulary.id(of: $0) }
    if unknown == nil, let token = options.unknown, !vocabulary.hasByteCharacters {
      throw .noUnknownToken(model: "BPE", token: token)
    }
    bytes = options.byteFallback ? vocabulary.byteTokens() : []
    var merges = MergeTable(capacity: pairs.count)
    for (rank, pair) in pairs.enumerated() {
      func id(_ token: [UInt8]) throws(TokenizerError) -> Int32 {
        if let id = vocabulary.id(of: token) { return id }
        let name = String(decoding: token, as: UTF8.self)
        throw .invalid(
          path: "\(path)[\(rank)]", reason: "\"\(name)\" is not in the vocabulary")
      }
      let left = try id(pair.left)
      let right = try id(pair.right)
      guard pair.right.count >= options.continuationPrefix.count else {
        throw .invalid(
          path: "\(path)[\(rank)]", reason: "its second part is shorter than the prefix")
      }
      let merged = try id(pair.left + pair.right[options.continuationPrefix.count...])
      merges.insert(left, right, merged: merged)
    }
    self.merges = merges
  }

  func tokenize(_ text: borrowing Span<UInt8>, _ word: Range<Int>, into buffer: inout TokenBuffer) {
    if options.ignoresMerges, let entry = vocabulary.trie.find(text, word) {
      buffer.append(vocabulary.id(entry: entry), word.lowerBound, word.upperBound)
      return
    }
    buffer.scratch.symbols.removeAll(keepingCapacity: true)
    spell(text, word, into: &buffer.scratch.symbols)
    merge(&buffer.scratch.symbols, &buffer.scratch.queue)
    var start = word.lowerBound
    for symbol in buffer.scratch.symbols where symbol.length != 0 {
      let end = start + Int(symbol.length)
      buffer.append(symbol.id, start, end)
      start = end
    }
  }

  // MARK: Spelling

  /// The word's scalars as symbols.
  private func spell(
    _ text: borrowing Span<UInt8>, _ word: Range<Int>, into symbols: inout [Symbol]
  ) {
    var index = word.lowerBound
    var pending: Int32 = 0
    var affixed: [UInt8] = []
    while index < word.upperBound {
      let next = min(word.upperBound, index + UTF8Scalars.read(text, index).length)
      let length = Int32(truncatingIfNeeded: next - index)
      let isFirst = index == word.lowerBound
      let isLast = next == word.upperBound
      let entry: Int?
      let hasPrefix = !isFirst && !options.continuationPrefix.isEmpty
      let hasSuffix = isLast && !options.wordSuffix.isEmpty
      affixed.removeAll(keepingCapacity: true)
      if hasPrefix || hasSuffix || !bytes.isEmpty {
        if hasPrefix { affixed += options.continuationPrefix }
        for position in index..<next { affixed.append(text[position]) }
        if hasSuffix { affixed += options.wordSuffix }
        entry = vocabulary.trie.find(affixed)
      } else {
        entry = vocabulary.trie.find(text, index..<next)
      }
      if let entry {
        flush(&pending, into: &symbols)
        append(vocabulary.id(entry: entry), length, to: &symbols)
      } else if !bytes.isEmpty, affixed.allSatisfy({ bytes[Int($0)] >= 0 }) {
        for byte in affixed { append(bytes[Int(byte)], 1, to: &symbols) }
      } else if unknown != nil {
        if !options.fusesUnknown { flush(&pending, into: &symbols) }
        pending += length
      }
      index = next
    }
    flush(&pending, into: &symbols)
  }

  private func flush(_ pending: inout Int32, into symbols: inout [Symbol]) {
    if pending > 0, let unknown { append(unknown, pending, to: &symbols) }
    pending = 0
  }

  @inline(__always)
  private func append(_ id: Int32, _ length: Int32, to symbols: inout [Symbol]) {
    let index = Int32(truncatingIfNeeded: symbols.count)
    if index > 0 { symbols[Int(index) - 1].next = index }
    symbols.append(Symbol(id: id, length: length, previous: index - 1, next: -1))
  }

  // MARK: Merging

  private func merge(_ symbols: inout [Symbol], _ queue: inout MergeQueue) {
    guard symbols.count > 1 else { return }
    queue.removeAll()
    for index in 0..<symbols.count - 1 {
      if let rank = merges.rank(symbols[index].id, symbols[index + 1].id) {
        queue.push(rank: rank, position: index)
      }
    }
    while let (rank, position) = queue.pop() {
      let symbol = symbols[position]
      guard symbol.length != 0, symbol.next >= 0 else { continue }
      let right = symbols[Int(symbol.next)]
      // Outdated if another merge has changed the pair.
      guard let current = merges.rank(symbol.id, right.id),
        merges.merged(current) == merges.merged(rank)
      else { continue }
      symbols[position].id = merges.merged(rank)
      symbols[position].length += right.length
      symbols[position].next = right.next
      symbols[Int(symbol.next)].length = 0
      if right.next >= 0 { symbols[Int(right.next)].previous = Int32(position) }
      if symbol.previous >= 0 {
        let previous = Int(symbol.previous)
        if let rank = merges.rank(symbols[previous].id, symbols[position].id) {
          queue.push(rank: rank, position: previous)
        }
      }
      if right.next >= 0,
        let rank = merges.rank(symbols[position].id, symbols[Int(right.next)].id)
      {
        queue.push(rank: rank, position: position)
      }
    }
  }
}

extension Vocabulary {
  /// Whether every byte has its visible character in the vocabulary, so that nothing is unknown.
  var hasByteCharacters: Bool {
    (UInt8.min...UInt8.max).allSatisfy { byte in
      var text = AlignedText()
      text.append(ByteCharacters.scalar(of: byte), SourceRange(0, 0))
      return id(of: text.bytes) != nil
    }
  }
}
