/// BERT's basic cleaning: drop control characters, put spaces around Chinese characters, strip
/// accents, lowercase, in this order.
struct BertNormalizer: Sendable {
  let cleansText: Bool
  let spacesChinese: Bool
  let stripsAccents: Bool
  let lowercases: Bool

  /// In one pass: each scalar by itself gives what the four steps would, unless marks that are
  /// kept have to change places.
  func normalize(_ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText) {
    let start = out.count
    guard !source.sources[piece.range.lowerBound].isEmpty,
      normalizeByScalar(source, piece.range, into: &out)
    else {
      out.bytes.removeSubrange(start...)
      out.sources.removeSubrange(start...)
      normalizeByStep(source, piece, into: &out)
      return
    }
  }

  private func normalizeByScalar(
    _ source: AlignedText, _ range: Range<Int>, into out: inout AlignedText
  ) -> Bool {
    let table = ScalarTable.shared
    let bytes = source.bytes.span
    let sources = source.sources.span
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte < 0x80 {
        let origin = sources[index]
        if byte &- 0x20 < 0x5F {
          let isUpper = lowercases && byte &- 0x41 < 26
          out.append(byte: isUpper ? byte | 0x20 : byte, origin)
        } else if !cleansText {
          out.append(byte: byte, origin)
        } else if byte == 0x09 || byte == 0x0A || byte == 0x0D {
          out.append(byte: 0x20, origin)
        }
        index &+= 1
        continue
      }
      let (scalar, length) = UTF8Scalars.read(bytes, index)
      guard append(scalar, table[scalar], sources[index], table, into: &out) else { return false }
      index &+= length
    }
    return true
  }

  /// False if the four steps have to be taken one by one.
  private func append(
    _ scalar: UInt32, _ flags: ScalarFlags, _ source: SourceRange, _ table: ScalarTable,
    into out: inout AlignedText
  ) -> Bool {
    if cleansText {
      if flags.contains(.cleaned) { return true }
      if flags.contains(.whitespace) {
        out.append(byte: 0x20, source)
        return true
      }
    }
    let isChinese = spacesChinese && BertNormalizer.isChinese(scalar)
    if isChinese { out.append(byte: 0x20, source) }
    if stripsAccents, !flags.isDisjoint(with: [.canonical, .ordered, .nonspacing]) {
      if flags.contains(.canonical) {
        var isPlain = true
        Decomposition.forEach(of: scalar, .canonical) { part in
          let partFlags = table[part]
          if partFlags.contains(.nonspacing) { return }
          if partFlags.contains(.ordered) { isPlain = false }
          appendCased(part, partFlags, source, into: &out)
        }
        if !isPlain { return false }
      } else if !flags.contains(.nonspacing) {
        return false
      }
    } else {
      appendCased(scalar, flags, source, into: &out)
    }
    if isChinese { out.append(byte: 0x20, source) }
    return true
  }

  @inline(__always)
  private func appendCased(
    _ scalar: UInt32, _ flags: ScalarFlags, _ source: SourceRange, into out: inout AlignedText
  ) {
    guard lowercases, flags.contains(.lowercases) else {
      out.append(scalar, source)
      return
    }
    out.append(Lowercase.first(of: scalar), source)
    if let second = Lowercase.second(of: scalar) { out.append(second, source) }
  }

  /// The four steps as the reference library takes them: the oracle of the one pass.
  func normalizeByStep(_ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText) {
    var text = AlignedText()
    text.append(source, piece.range)
    func step(_ body: (AlignedText, TextPiece, inout AlignedText) -> Void) {
      guard text.count > 0 else { return }
      var next = AlignedText(reserving: text.count + 16)
      body(text, TextPiece(0..<text.count, shift: piece.shift), &next)
      text = next
    }
    let table = ScalarTable.shared
    if cleansText {
      step { $0.filter($1, into: &$2) { !table[$0].contains(.cleaned) } }
      step { $0.map($1, into: &$2) { table[$0].contains(.whitespace) ? 0x20 : $0 } }
    }
    if spacesChinese {
      step { text, piece, out in
        var edits: [Edit] = []
        for scalar in text.scalars(piece.range) {
          if BertNormalizer.isChinese(scalar) {
            edits += [Edit(0x20, 0), Edit(scalar, 1), Edit(0x20, 1)]
          } else {
            edits.append(Edit(scalar, 0))
          }
        }
        out.append(text, piece, edited: edits)
      }
    }
    if stripsAccents {
      step { Decomposition.normalize($0, $1, .canonical, composed: false, into: &$2) }
      step { $0.filter($1, into: &$2) { !table[$0].contains(.nonspacing) } }
    }
    if lowercases { step { $0.lowercase($1, into: &$2) } }
    out.append(text, 0..<text.count)
  }

  /// The CJK blocks as the original BERT lists them.
  static func isChinese(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x2_0000...0x2_A6DF, 0x2_A700...0x2_B73F,
      0x2_B740...0x2_B81F, 0x2_B920...0x2_CEAF, 0xF900...0xFAFF, 0x2_F800...0x2_FA1F:
      true
    default: false
    }
  }
}
