import Tokenizers

/// A transformer and its heads. It cuts texts to the length that the model takes, or into windows,
/// and combines the scores of the windows.
struct TransformerClassifier: TextClassifier {
  let heads: [HeadClasses]
  let tokenizer: Tokenizer
  /// Tokens of one pass, special ones included.
  let maximumTokens: Int
  /// Changes a text, prefix included, as the model wants it before it is tokenised.
  var prepare: @Sendable (ModelText) -> ModelText = { $0 }
  /// Scores of every class of every head for each sequence of ids.
  let model: @Sendable ([[Int32]]) throws(ModerationError) -> [[Double]]

  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
  {
    let encoded = texts.map { tokens(of: prepare($0), longTexts) }
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
    var windows: [[Int32]]
    var combine: LongTextPolicy.Combination = .max
    var tokenCount: Int
    var isTruncated: Bool
  }

  func tokens(of text: ModelText, _ policy: LongTextPolicy) -> EncodedText {
    let whole = tokenizer.encode(text.joined, maximumLength: maximumTokens)
    guard whole.isTruncated, case .windows(let overlap, let combine) = policy else {
      return EncodedText(
        windows: [whole.ids], tokenCount: whole.untruncatedCount, isTruncated: whole.isTruncated)
    }
    return EncodedText(
      windows: windows(of: text, overlap: overlap), combine: combine,
      tokenCount: whole.untruncatedCount, isTruncated: false)
  }

  /// The text in windows, each with the prefix in front.
  private func windows(of text: ModelText, overlap: Int?) -> [[Int32]] {
    let prefixTokens =
      text.prefix.isEmpty ? 0 : tokenizer.encode(text.prefix, addingSpecialTokens: false).ids.count
    let length = max(maximumTokens - prefixTokens, tokenizer.addedTokenCount() + 1)
    let content = length - tokenizer.addedTokenCount()
    let windows = tokenizer.encode(
      windowsOf: text.text, maximumLength: length, overlap: min(overlap ?? content / 4, content - 1)
    )
    guard !text.prefix.isEmpty else { return windows.map(\.ids) }
    // A prefix changes how the text behind it is split, so each piece is tokenised with it.
    let bytes = Array(text.text.utf8)
    return windows.map { window in
      let places = zip(window.offsets, window.specialTokensMask).filter { $1 == 0 }.map(\.0)
      let start = places.map(\.lowerBound).min() ?? 0
      let end = places.map(\.upperBound).max() ?? 0
      let piece = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
      return tokenizer.encode(text.prefix + piece, maximumLength: maximumTokens).ids
    }
  }
}
