/// The normalisation of a SentencePiece model, compiled into a double array (`precompiled_charsmap`).
///
/// The format is that of SentencePiece: the array's length in bytes, its units as little-endian
/// words, then the replacements, each ended by a NUL. It is applied as the reference library does:
/// a grapheme of fewer than six bytes is replaced whole by what its shortest prefix maps to,
/// anything else scalar by scalar. SentencePiece itself looks for the longest match.
struct Charsmap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// ASCII characters that are left alone when they are a grapheme of their own.
  private let plain: [Bool]
  /// Bytes of the longest replacement.
  let longestReplacement: Int

  init(_ blob: [UInt8]) throws(TokenizerError) {
    guard blob.count >= 4 else {
      throw .invalidCharsmap(reason: "\(blob.count) bytes are too few to hold its length")
    }
    let size = Int(Charsmap.word(blob, 0))
    guard size <= blob.count - 4 else {
      throw .invalidCharsmap(
        reason: "its array takes \(size) bytes, but only \(blob.count - 4) are there")
    }
    guard size >= 4, size % 4 == 0 else {
      throw .invalidCharsmap(reason: "its array takes \(size) bytes, not a number of words")
    }
    var units: [UInt32] = []
    units.reserveCapacity(size / 4)
    for index in 0..<size / 4 { units.append(Charsmap.word(blob, 4 + 4 * index)) }
    let replacements = Array(blob[(4 + size)...])
    guard String(validating: replacements, as: UTF8.self) != nil else {
      throw .invalidCharsmap(reason: "its replacements are not valid UTF-8")
    }
    self.units = units
    self.replacements = replacements
    longestReplacement = replacements.split(separator: 0).map(\.count).max() ?? 0
    var plain = [Bool](repeating: false, count: 128)
    for byte in 0..<128 where byte != 0x0D {
      let text = [UInt8(byte)]
      plain[byte] =
        Charsmap.replacement(text.span, 0, 1, units: units, replacements: replacements) == nil
    }
    self.plain = plain
  }

  private static func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
      | UInt32(bytes[index + 3]) << 24
  }

  /// Where the replacement of the shortest prefix of the bytes is that has one.
  private static func replacement(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int, units: [UInt32],
    replacements: [UInt8]
  ) -> Range<Int>? {
    var node = offset(units[0])
    for index in start..<end {
      let byte = bytes[index]
      guard byte != 0 else { return nil }
      node ^= Int(byte)
      guard node < units.count else { return nil }
      let unit = units[node]
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      node ^= offset(unit)
      guard node < units.count else { return nil }
      if unit >> 8 & 1 == 1 {
        let first = Int(units[node] & 0x7FFF_FFFF)
        guard first <= replacements.count else { return nil }
        var last = first
        while last < replacements.count, replacements[last] != 0 { last += 1 }
        // Inside a character: not something the compiler of the map writes.
        guard first == last || replacements[first] & 0xC0 != 0x80 else { return nil }
        return first..<last
      }
    }
    return nil
  }

  @inline(__always)
  private static func offset(_ unit: UInt32) -> Int {
    Int(truncatingIfNeeded: UInt64(unit >> 10) << UInt64((unit & 1 << 9) >> 6))
  }

  private func replacement(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    Charsmap.replacement(
      bytes, range.lowerBound, range.upperBound, units: units, replacements: replacements)
  }

  func normalize(_ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText) {
    let start = out.count
    guard !source.sources[piece.range.lowerBound].isEmpty,
      replaceInPlace(source, piece.range, into: &out)
    else {
      out.bytes.removeSubrange(start...)
      out.sources.removeSubrange(start...)
      replaceByEdits(source, piece, into: &out)
      return
    }
  }

  /// Replaces what is replaced by something. False where characters vanish: that shifts what the
  /// characters after them stand for, in the reference library.
  private func replaceInPlace(
    _ source: AlignedText, _ range: Range<Int>, into out: inout AlignedText
  ) -> Bool {
    let table = ScalarTable.shared
    let bytes = source.bytes.span
    let sources = source.sources.span
    var index = range.lowerBound
    let limit = range.upperBound
    while index < limit {
      let byte = bytes[index]
      if byte < 0x80, plain[Int(byte)], index + 1 == limit || bytes[index + 1] < 0x80 {
        out.append(byte: byte, sources[index])
        index &+= 1
        continue
      }
      let end = Graphemes.end(bytes, index, limit, table)
      if end - index < 6, let new = replacement(bytes, index..<end) {
        guard !new.isEmpty else { return false }
        appendGrapheme(new, source, index..<end, into: &out)
        index = end
        continue
      }
      while index < end {
        let next = index + UTF8Scalars.read(bytes, index).length
        if let new = replacement(bytes, index..<next) {
          guard !new.isEmpty else { return false }
          for offset in new { out.append(byte: replacements[offset], sources[index]) }
        } else {
          for offset in index..<next { out.append(byte: bytes[offset], sources[index]) }
        }
        index = next
      }
    }
    return true
  }

  /// The new scalars stand for the old ones one by one, those in excess for the last.
  private func appendGrapheme(
    _ new: Range<Int>, _ source: AlignedText, _ range: Range<Int>, into out: inout AlignedText
  ) {
    var old = range.lowerBound
    var index = new.lowerBound
    let span = replacements.span
    while index < new.upperBound {
      let length = UTF8Scalars.read(span, index).length
      for offset in index..<min(index + length, new.upperBound) {
        out.append(byte: span[offset], source.sources[old])
      }
      index += length
      let next = old + UTF8Scalars.read(source.bytes.span, old).length
      if next < range.upperBound { old = next }
    }
  }

  /// The reference library's own way, grapheme by grapheme: the oracle of the above.
  func replaceByEdits(_ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText) {
    let table = ScalarTable.shared
    let bytes = source.bytes.span
    var edits: [Edit] = []
    var index = piece.range.lowerBound
    let limit = piece.range.upperBound
    var isModified = false
    while index < limit {
      let end = Graphemes.end(bytes, index, limit, table)
      if end - index < 6, let new = replacement(bytes, index..<end) {
        isModified = true
        replace(&edits, UTF8Scalars.count(bytes, index..<end), new)
        index = end
        continue
      }
      while index < end {
        let (scalar, length) = UTF8Scalars.read(bytes, index)
        if let new = replacement(bytes, index..<index + length) {
          isModified = true
          replace(&edits, 1, new)
        } else {
          edits.append(Edit(scalar, 0))
        }
        index += length
      }
    }
    if isModified {
      out.append(source, piece, edited: edits)
    } else {
      out.append(source, piece.range)
    }
  }

  private func replace(_ edits: inout [Edit], _ old: Int, _ new: Range<Int>) {
    let span = replacements.span
    var index = new.lowerBound
    var count = 0
    while index < new.upperBound {
      let (scalar, length) = UTF8Scalars.read(span, index)
      edits.append(Edit(scalar, 0))
      index += length
      count += 1
    }
    if count > old {
      for edit in edits.count - (count - old)..<edits.count { edits[edit].change = 1 }
    } else if count < old, !edits.isEmpty {
      edits[edits.count - 1].change += count - old
    }
  }
}
