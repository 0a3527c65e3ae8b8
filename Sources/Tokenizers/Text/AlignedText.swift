/// A stretch of the original text, in UTF-8 bytes.
struct SourceRange: Sendable, Equatable {
  var start: UInt32
  var end: UInt32

  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  var isEmpty: Bool { start == end }
}

/// UTF-8 text of which every byte remembers the original scalar it comes from.
struct AlignedText: Sendable {
  var bytes: [UInt8] = []
  /// One for each byte.
  var sources: [SourceRange] = []

  init() {}

  init(reserving count: Int) {
    bytes.reserveCapacity(count)
    sources.reserveCapacity(count)
  }

  /// The original text itself.
  init(original: [UInt8]) {
    bytes = original
    sources.reserveCapacity(original.count)
    let span = original.span
    var index = 0
    while index < span.count {
      let length = span[index] < 0x80 ? 1 : UTF8Scalars.read(span, index).length
      let source = SourceRange(index, index + length)
      for _ in 0..<length { sources.append(source) }
      index += length
    }
  }

  var count: Int { bytes.count }

  @inline(__always)
  mutating func append(byte: UInt8, _ source: SourceRange) {
    bytes.append(byte)
    sources.append(source)
  }

  @inline(__always)
  mutating func append(_ scalar: UInt32, _ source: SourceRange) {
    if scalar < 0x80 {
      append(byte: UInt8(truncatingIfNeeded: scalar), source)
    } else {
      appendLong(scalar, source)
    }
  }

  private mutating func appendLong(_ scalar: UInt32, _ source: SourceRange) {
    if scalar < 0x800 {
      append(byte: UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6), source)
    } else {
      if scalar < 0x1_0000 {
        append(byte: UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12), source)
      } else {
        append(byte: UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18), source)
        append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F), source)
      }
      append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F), source)
    }
    append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F), source)
  }

  mutating func append(_ other: AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    sources.append(contentsOf: other.sources[range])
  }
}

/// One change of a character, as the reference library writes them.
struct Edit {
  var scalar: UInt32
  /// 0: takes the place of the next character. 1: is inserted. −n: takes the place of the next
  /// character, and the n after it are gone.
  var change: Int

  init(_ scalar: UInt32, _ change: Int) {
    self.scalar = scalar
    self.change = change
  }
}

/// A piece of an ``AlignedText`` that is normalised by itself.
struct TextPiece {
  let range: Range<Int>
  /// Where the piece begins in the original text: what an insertion at its very start stands for.
  let shift: Int

  init(_ range: Range<Int>, shift: Int) {
    self.range = range
    self.shift = shift
  }
}

extension AlignedText {
  /// Appends a piece of `other`, edited; `NormalizedString::transform` of the reference library.
  ///
  /// - Parameter removed: how many characters at the start are gone before the first edit.
  mutating func append(
    _ other: AlignedText, _ piece: TextPiece, edited edits: [Edit], removed: Int = 0
  ) {
    // The reference library leaves alone what stands for no original text at the very start.
    var first = piece.range.lowerBound
    while first < piece.range.upperBound, other.sources[first].isEmpty { first += 1 }
    append(other, piece.range.lowerBound..<first)
    let limit = piece.range.upperBound
    var offset = first
    for _ in 0..<removed { offset = other.next(offset, limit) }
    var replaced = offset
    for edit in edits {
      let source: SourceRange
      if edit.change > 0 {
        source =
          offset == piece.range.lowerBound
          ? SourceRange(piece.shift, piece.shift) : other.sources[offset - 1]
      } else if offset < limit {
        source = other.sources[offset]
      } else {
        source = other.sources.last ?? SourceRange(piece.shift, piece.shift)
      }
      append(edit.scalar, source)
      if edit.change <= 0 {
        let start = replaced
        replaced = other.next(replaced, limit)
        for _ in 0..<(-edit.change) { replaced = other.next(replaced, limit) }
        offset += replaced - start
      }
    }
  }

  private func next(_ index: Int, _ limit: Int) -> Int {
    guard index < limit else { return limit }
    return min(limit, index + UTF8Scalars.read(bytes.span, index).length)
  }

  /// The scalars of a piece.
  func scalars(_ range: Range<Int>) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(range.count)
    let span = bytes.span
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Scalars.read(span, index)
      result.append(scalar)
      index += length
    }
    return result
  }
}
