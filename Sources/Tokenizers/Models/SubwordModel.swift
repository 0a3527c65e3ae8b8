/// What turns words into tokens.
enum SubwordModel: Sendable {
  case wordPiece(WordPiece)
  case wordLevel(WordLevel)
  case unigram(Unigram)
  case bytePair(BytePairEncoding)

  var vocabulary: Vocabulary {
    switch self {
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    case .bytePair(let model): model.vocabulary
    }
  }

  /// The tokens of every piece of the text that is not a token itself.
  func tokenize(_ text: SplitText, into buffer: inout TokenBuffer) {
    let bytes = text.text.bytes.span
    for split in text.splits {
      if split.token >= 0 {
        buffer.append(split.token, split.start, split.end)
        continue
      }
      switch self {
      case .wordPiece(let model): model.tokenize(bytes, split.range, into: &buffer)
      case .wordLevel(let model): model.tokenize(bytes, split.range, into: &buffer)
      case .unigram(let model): model.tokenize(bytes, split.range, into: &buffer)
      case .bytePair(let model): model.tokenize(bytes, split.range, into: &buffer)
      }
    }
  }
}
