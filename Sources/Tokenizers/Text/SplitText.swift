/// A text cut into pieces, on the way from the original to the model's words.
struct SplitText {
  /// A piece of the text, or an added token that was found in it.
  struct Split {
    var start: Int
    var end: Int
    /// Where the piece begins in the original text.
    var shift: Int
    /// The id of the added token, or −1.
    var token: Int32

    var range: Range<Int> { start..<end }
    var piece: TextPiece { TextPiece(start..<end, shift: shift) }
  }

  var text: AlignedText
  var splits: [Split]

  /// The whole original text as one piece.
  init(original: [UInt8]) {
    text = AlignedText(original: original)
    splits = original.isEmpty ? [] : [Split(start: 0, end: original.count, shift: 0, token: -1)]
  }

  /// Replaces every piece that is not a token by the non-empty ranges that `cut` finds in it.
  @inline(__always)
  mutating func split(
    _ cut: (_ bytes: borrowing Span<UInt8>, _ range: Range<Int>, _ emit: (Range<Int>) -> Void)
      -> Void
  ) {
    var result: [Split] = []
    result.reserveCapacity(max(16, splits.count * 2))
    let text = text
    let bytes = text.bytes.span
    for split in splits {
      guard split.token < 0 else {
        result.append(split)
        continue
      }
      cut(bytes, split.range) { range in
        guard !range.isEmpty else { return }
        result.append(
          Split(
            start: range.lowerBound, end: range.upperBound,
            shift: Int(text.sources[range.lowerBound].start), token: -1))
      }
    }
    splits = result
  }

  /// Rewrites every piece that is not a token; `body` appends it to the new text. A piece of which
  /// nothing is left is dropped.
  mutating func rewrite(
    _ body: (_ source: AlignedText, _ piece: TextPiece, _ into: inout AlignedText) -> Void
  ) {
    var result = AlignedText(reserving: text.count + text.count / 2 + 16)
    for index in splits.indices {
      let start = result.count
      if splits[index].token < 0 {
        body(text, splits[index].piece, &result)
      } else {
        result.append(text, splits[index].range)
      }
      splits[index].start = start
      splits[index].end = result.count
    }
    text = result
    splits.removeAll { $0.token < 0 && $0.start == $0.end }
  }
}
