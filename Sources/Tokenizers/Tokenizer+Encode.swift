extension Tokenizer {
  /// Encodes a text, or a pair of texts.
  ///
  /// - Parameters:
  ///   - pair: the second text of a pair.
  ///   - addingSpecialTokens: whether the post-processor's tokens are added.
  ///   - maximumLength: the most tokens the result may have, special ones included. Of two texts
  ///     the longer one is cut first.
  public func encode(
    _ text: String, pair: String? = nil, addingSpecialTokens: Bool = true,
    maximumLength: Int? = nil
  ) -> Encoding {
    let originals = pair.map { [Array(text.utf8), Array($0.utf8)] } ?? [Array(text.utf8)]
    var runs: [TokenRun] = []
    for (index, original) in originals.enumerated() { runs.append(run(original, sequence: index)) }
    let added = addingSpecialTokens ? addedTokenCount(isPair: pair != nil) : 0
    let total = runs.reduce(added) { $0 + $1.count }
    if let maximumLength, total > maximumLength {
      truncate(&runs, to: max(0, maximumLength - added))
    }
    return finish(
      runs, originals, addingSpecialTokens: addingSpecialTokens, untruncatedCount: total)
  }

  /// Encodes a long text as windows that follow one another.
  ///
  /// - Parameters:
  ///   - maximumLength: the most tokens a window may have, special ones included.
  ///   - overlap: how many tokens of its text a window shares with the one before it; at most one
  ///     fewer than its text has room for.
  ///   - maximumCount: the most windows; of a text that needs more, the first ones.
  /// - Returns: at least one window; a text that fits is one. `isTruncated` says of each that
  ///   there are others.
  public func encode(
    windowsOf text: String, maximumLength: Int, overlap: Int = 0, maximumCount: Int = .max,
    addingSpecialTokens: Bool = true
  ) -> [Encoding] {
    let original = Array(text.utf8)
    let run = run(original, sequence: 0)
    let added = addingSpecialTokens ? addedTokenCount() : 0
    let room = max(1, maximumLength - added)
    let step = room - min(max(0, overlap), room - 1)
    var windows: [Range<Int>] = []
    if truncatesLeft {
      var end = run.count
      while windows.count < maximumCount {
        let start = max(0, end - room)
        windows.append(start..<end)
        if start == 0 { break }
        end -= step
      }
    } else {
      var start = 0
      while windows.count < maximumCount {
        let end = min(run.count, start + room)
        windows.append(start..<end)
        if end == run.count { break }
        start += step
      }
    }
    return windows.map { window in
      finish(
        [run[window]], [original], addingSpecialTokens: addingSpecialTokens,
        untruncatedCount: run.count + added)
    }
  }

  /// The tokens of a text, without special tokens.
  func run(_ original: [UInt8], sequence: Int) -> TokenRun {
    var text = SplitText(original: original)
    addedTokens.extractRaw(&text)
    if let normalizer {
      text.rewrite { normalizer.normalize($0, $1, into: &$2) }
    }
    addedTokens.extractNormalized(&text)
    preTokenizer?.split(&text)
    var buffer = TokenBuffer()
    buffer.tokens.reserveCapacity(text.text.count / 3 + 8)
    model.tokenize(text, into: &buffer)
    if leavesOutUnknown { buffer.tokens.removeAll { $0.id == unknownID } }
    return run(buffer, text, sequence: sequence)
  }

  private func run(_ buffer: TokenBuffer, _ text: SplitText, sequence: Int) -> TokenRun {
    var run = TokenRun()
    let count = buffer.tokens.count
    run.ids.reserveCapacity(count + 4)
    run.offsets.reserveCapacity(count + 4)
    run.typeIDs = Array(repeating: Int32(truncatingIfNeeded: sequence), count: count)
    run.sequences = Array(repeating: sequence, count: count)
    run.special = Array(repeating: 0, count: count)
    let sources = text.text.sources.span
    for token in buffer.tokens {
      run.ids.append(token.id)
      let last = min(token.end, sources.count) - 1
      if token.start <= last {
        let start = Int(sources[token.start].start)
        run.offsets.append(start..<max(start, Int(sources[last].end)))
      } else {
        run.offsets.append(0..<0)
      }
    }
    if postProcessor?.trimsOffsets == true {
      run.spaces = buffer.tokens.map { spaces(of: $0, in: text.text) }
    }
    return run
  }

  /// The spaces at both ends of a token, as the reference library writes it.
  private func spaces(
    of token: TokenBuffer.Token, in text: AlignedText
  ) -> (leading: Int, trailing: Int) {
    let scalars: [UInt32]
    let isWritten: Bool
    switch model {
    case .unigram: isWritten = true
    case .wordPiece, .wordLevel, .bytePair: isWritten = addedTokens.tokens[token.id] != nil
    }
    if !isWritten, let entry = model.vocabulary.entry(id: token.id) {
      let table = model.vocabulary.trie.table
      var written = AlignedText()
      written.bytes = Array(table.bytes[table.range(entry)])
      scalars = written.scalars(0..<written.count)
    } else {
      scalars = text.scalars(token.start..<min(token.end, text.count))
    }
    func isSpace(_ scalar: UInt32) -> Bool {
      scalar == ByteCharacters.space || ScalarTable.shared[scalar].contains(.whitespace)
    }
    return (scalars.prefix(while: isSpace).count, scalars.reversed().prefix(while: isSpace).count)
  }

  private func finish(
    _ runs: [TokenRun], _ originals: [[UInt8]], addingSpecialTokens: Bool, untruncatedCount: Int
  ) -> Encoding {
    let processed =
      postProcessor?.process(
        runs, addingSpecialTokens: addingSpecialTokens, originals: originals) ?? runs
    var whole = processed.first ?? TokenRun()
    for run in processed.dropFirst() { whole.append(run) }
    var encoding = Encoding()
    encoding.ids = whole.ids
    encoding.typeIDs = whole.typeIDs
    encoding.offsets = whole.offsets
    encoding.sequenceIndices = whole.sequences
    encoding.specialTokensMask = whole.special
    encoding.isTruncated = whole.count < untruncatedCount
    encoding.untruncatedCount = untruncatedCount
    return encoding
  }

  /// Cuts one run, or the longer of two first; `longest_first` of the reference library.
  private func truncate(_ runs: inout [TokenRun], to room: Int) {
    func cut(_ run: inout TokenRun, to count: Int) {
      guard count < run.count else { return }
      run = truncatesLeft ? run[run.count - count..<run.count] : run[0..<count]
    }
    guard runs.count == 2 else {
      if !runs.isEmpty { cut(&runs[0], to: room) }
      return
    }
    guard runs[0].count + runs[1].count > room else { return }
    let isSwapped = runs[0].count > runs[1].count
    var short = min(runs[0].count, runs[1].count)
    var long = short > room ? short : max(short, room - short)
    if short + long > room {
      short = room / 2
      long = short + room % 2
    }
    cut(&runs[0], to: isSwapped ? long : short)
    cut(&runs[1], to: isSwapped ? short : long)
  }
}
