/// SentencePiece's unigram model: the segmentation of the highest total score.
struct Unigram: Sendable {
  let vocabulary: Vocabulary
  /// By id.
  private let scores: [Double]
  let unknown: Int32
  private let unknownScore: Double
  /// The tokens `<0x00>` to `<0xFF>`, where unknown text is spelled in bytes; −1 where missing.
  private let bytes: [Int32]

  /// The best way to a place of the text.
  struct Step {
    var score: Double
    /// Where the last piece begins, −1 if there is no way yet.
    var start: Int32
    var id: Int32
  }

  /// How far below the lowest score an unknown scalar is.
  private static let unknownPenalty = 10.0

  /// - Parameter scores: one for each token, by id.
  init(
    _ vocabulary: Vocabulary, scores: [Double], unknown: Int?, byteFallback: Bool
  ) throws(TokenizerError) {
    guard let unknown else { throw .noUnknownToken(model: "Unigram", token: nil) }
    guard scores.indices.contains(unknown), scores.count == vocabulary.count else {
      throw .invalid(
        path: "model.unk_id", reason: "\(unknown) in a vocabulary of \(vocabulary.count) tokens")
    }
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknown = Int32(truncatingIfNeeded: unknown)
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    bytes = byteFallback ? vocabulary.byteTokens() : []
  }

  func tokenize(_ text: borrowing Span<UInt8>, _ word: Range<Int>, into buffer: inout TokenBuffer) {
    findPath(text, word, &buffer.scratch.path)
    // From the end to the start; neighbouring unknowns are one.
    buffer.scratch.pieces.removeAll(keepingCapacity: true)
    var end = word.upperBound
    var lastIsUnknown = false
    while end > word.lowerBound {
      let step = buffer.scratch.path[end - word.lowerBound]
      let start = word.lowerBound + Int(step.start)
      let isUnknown = step.id == unknown
      if isUnknown, lastIsUnknown {
        buffer.scratch.pieces[buffer.scratch.pieces.count - 1].start = start
      } else {
        buffer.scratch.pieces.append(.init(id: step.id, start: start, end: end))
      }
      lastIsUnknown = isUnknown
      end = start
    }
    for piece in buffer.scratch.pieces.reversed() {
      if piece.id == unknown {
        appendUnknown(text, piece.start..<piece.end, into: &buffer)
      } else {
        buffer.tokens.append(piece)
      }
    }
  }

  /// Fills `path[i]` with the best way to the i-th byte of the word.
  private func findPath(
    _ text: borrowing Span<UInt8>, _ word: Range<Int>, _ path: inout [Step]
  ) {
    path.removeAll(keepingCapacity: true)
    path.append(contentsOf: repeatElement(Step(score: 0, start: -1, id: 0), count: word.count + 1))
    let trie = vocabulary.trie
    let root = trie.root
    let limit = word.upperBound
    var index = word.lowerBound
    var steps = path.mutableSpan
    while index < limit {
      let offset = index - word.lowerBound
      let score = steps[offset].score
      let start = Int32(truncatingIfNeeded: offset)
      let next = min(limit, index + UTF8Scalars.read(text, index).length)
      var hasSingle = false
      trie.matches(text, index, limit, below: root) { piece, end in
        if end == next { hasSingle = true }
        let candidate = scores[piece] + score
        let target = end - word.lowerBound
        if steps[target].start < 0 || candidate > steps[target].score {
          steps[target] = Step(
            score: candidate, start: start, id: Int32(truncatingIfNeeded: piece))
        }
      }
      if !hasSingle {
        let candidate = unknownScore + score
        let target = next - word.lowerBound
        if steps[target].start < 0 || candidate > steps[target].score {
          steps[target] = Step(score: candidate, start: start, id: unknown)
        }
      }
      index = next
    }
  }

  private func appendUnknown(
    _ text: borrowing Span<UInt8>, _ range: Range<Int>, into buffer: inout TokenBuffer
  ) {
    if let entry = vocabulary.trie.find(text, range) {
      buffer.append(Int32(truncatingIfNeeded: entry), range.lowerBound, range.upperBound)
    } else if hasBytes(text, range) {
      for index in range {
        buffer.append(bytes[Int(text[index])], range.lowerBound, range.upperBound)
      }
    } else {
      buffer.append(unknown, range.lowerBound, range.upperBound)
    }
  }

  private func hasBytes(_ text: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !bytes.isEmpty else { return false }
    for index in range where bytes[Int(text[index])] < 0 { return false }
    return true
  }
}

extension Vocabulary {
  /// The ids of `<0x00>` to `<0xFF>`, −1 for those that the vocabulary does not have.
  func byteTokens() -> [Int32] {
    let digits = Array("0123456789ABCDEF".utf8)
    return (0..<256).map { byte in
      id(of: Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8)) ?? -1
    }
  }
}
