import Tokenizers
import Transformer

/// A transformer and its heads. It cuts texts to the length that the model takes, or into windows,
/// and combines the scores of the windows.
struct TransformerClassifier: TextClassifier {
  let heads: [HeadClasses]
  var encoder: SentenceEncoder?
  /// Makes the model's tokens of a text.
  let input: ModelTokenizer
  /// Tokens of one pass, special ones included.
  let maximumTokens: Int
  /// The prompt in front of every text's prefix.
  var prompt = ""
  /// Scores of every class of every head for each sequence of tokens.
  let model: @Sendable ([TokenSequence]) throws(ModerationError) -> [[Double]]

  var modelInput: ModelTokenizer? { input }
  var passTokens: Int? { maximumTokens }

  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
  {
    var encoded: [EncodedText] = []
    encoded.reserveCapacity(texts.count)
    for text in texts {
      if Task.isCancelled { throw .cancelled }
      encoded.append(tokens(of: text, longTexts))
    }
    // Windows of all texts go through the model together.
    var rows = try model(encoded.flatMap(\.windows))[...]
    return encoded.map { text in
      defer { rows = rows.dropFirst(text.windows.count) }
      let windows = Array(rows.prefix(text.windows.count))
      return Classification(
        scores: text.combine(windows), tokenCount: text.tokenCount,
        isTruncated: text.isTruncated, windowCount: windows.count)
    }
  }

  struct EncodedText {
    var windows: [TokenSequence]
    var combine: LongTextPolicy.Combination = .max
    var tokenCount: Int
    var isTruncated: Bool
  }

  func tokens(of text: ModelText, _ policy: LongTextPolicy) -> EncodedText {
    let front = prompt + text.prefix
    let encoded = input.encode(ModelInput(prompt: front, text: text.text), limit: maximumTokens)
    let whole = encoded.encoding
    guard whole.isTruncated, case .windows(let overlap, let combine) = policy else {
      return EncodedText(
        windows: [encoded.sequence], tokenCount: whole.untruncatedCount,
        isTruncated: whole.isTruncated)
    }
    let windows = windows(of: text.text, front: front, overlap: overlap)
    return EncodedText(
      windows: windows.sequences, combine: combine, tokenCount: whole.untruncatedCount,
      isTruncated: windows.areCut)
  }

  /// The text in windows, each with the same words in front, and whether some were left out.
  private func windows(of text: String, front: String, overlap: Int?)
    -> (sequences: [TokenSequence], areCut: Bool)
  {
    let tokenizer = input.tokenizer
    let frontTokens =
      front.isEmpty ? 0 : tokenizer.encode(front, addingSpecialTokens: false).ids.count
    let length = max(maximumTokens - frontTokens, tokenizer.addedTokenCount() + 1)
    let content = length - tokenizer.addedTokenCount()
    let all = tokenizer.encode(
      windowsOf: text, maximumLength: length, overlap: min(overlap ?? content / 4, content - 1),
      maximumCount: LongTextPolicy.maximumWindows + 1)
    let windows = all.prefix(LongTextPolicy.maximumWindows)
    let areCut = windows.count < all.count
    guard !front.isEmpty else { return (windows.map { input.sequence($0) }, areCut) }
    // The words in front change how the text behind them is split, so each piece is tokenised with
    // them.
    let bytes = Array(text.utf8)
    let sequences = windows.map { window in
      let places = zip(window.offsets, window.specialTokensMask).filter { $1 == 0 }.map(\.0)
      let start = places.map(\.lowerBound).min() ?? 0
      let end = places.map(\.upperBound).max() ?? 0
      let piece = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
      return input.encode(ModelInput(prompt: front, text: piece), limit: maximumTokens).sequence
    }
    return (sequences, areCut)
  }
}
