/// SentencePiece's treatment of spaces: each becomes `▁`, one is put in front, and a word begins
/// at each.
struct Metaspace: Sendable {
  enum Scheme: String, Sendable {
    case first, never, always
  }

  let replacement: UInt32
  let scheme: Scheme
  let splits: Bool

  /// The UTF-8 of the replacement.
  private let bytes: [UInt8]

  init(replacement: UInt32, scheme: Scheme, splits: Bool) {
    self.replacement = replacement
    self.scheme = scheme
    self.splits = splits
    var text = AlignedText()
    text.append(replacement, SourceRange(0, 0))
    bytes = text.bytes
  }

  func split(_ text: inout SplitText) {
    var result = AlignedText(reserving: text.text.count + text.text.count / 2 + 16)
    var splits: [SplitText.Split] = []
    splits.reserveCapacity(text.splits.count + text.text.count / 4)
    for split in text.splits {
      let start = result.count
      if split.token >= 0 {
        result.append(text.text, split.range)
        var moved = split
        moved.start = start
        moved.end = result.count
        splits.append(moved)
        continue
      }
      append(text.text, split, to: &result)
      guard result.count > start else { continue }
      if self.splits {
        cut(result, start, into: &splits)
      } else {
        splits.append(.init(start: start, end: result.count, shift: split.shift, token: -1))
      }
    }
    text.text = result
    text.splits = splits
  }

  private func append(
    _ source: AlignedText, _ split: SplitText.Split, to result: inout AlignedText
  ) {
    guard split.start < split.end else { return }
    let prepends: Bool
    switch scheme {
    case .never: prepends = false
    case .first: prepends = split.shift == 0
    case .always: prepends = true
    }
    let input = source.bytes.span
    if prepends, input[split.start] != 0x20, !isReplacement(input, split.start, split.end) {
      for byte in bytes { result.append(byte: byte, source.sources[split.start]) }
    }
    let sources = source.sources.span
    for index in split.range {
      if input[index] == 0x20 {
        for byte in bytes { result.append(byte: byte, sources[index]) }
      } else {
        result.append(byte: input[index], sources[index])
      }
    }
  }

  @inline(__always)
  private func isReplacement(_ input: borrowing Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard start + bytes.count <= end else { return false }
    for offset in bytes.indices where input[start + offset] != bytes[offset] { return false }
    return true
  }

  /// A word begins at every replacement character.
  private func cut(_ text: AlignedText, _ start: Int, into splits: inout [SplitText.Split]) {
    let input = text.bytes.span
    let end = input.count
    var first = start
    var index = start
    func emit(_ end: Int) {
      guard first < end else { return }
      splits.append(
        .init(start: first, end: end, shift: Int(text.sources[first].start), token: -1))
    }
    let lead = bytes[0]
    while index < end {
      if input[index] == lead, isReplacement(input, index, end) {
        emit(index)
        first = index
        index += bytes.count
      } else {
        index &+= 1
      }
    }
    emit(end)
  }
}
