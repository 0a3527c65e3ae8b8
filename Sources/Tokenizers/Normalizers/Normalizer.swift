/// A step that rewrites text before it is cut, as `tokenizer.json` names them.
indirect enum Normalizer: Sendable {
  case bert(BertNormalizer)
  case strip(left: Bool, right: Bool)
  case stripAccents
  case canonical(composed: Bool)
  case compatibility(composed: Bool)
  case lowercase
  case nmt
  case precompiled(Charsmap)
  case replace(Pattern, with: [UInt8])
  case prepend([UInt32])
  case byteLevel
  case sequence([Normalizer])

  /// Appends the normalised piece to `out`.
  func normalize(_ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText) {
    guard !piece.range.isEmpty else { return }
    switch self {
    case .bert(let normalizer): normalizer.normalize(source, piece, into: &out)
    case .strip(let left, let right):
      source.strip(piece, left: left, right: right, into: &out)
    case .stripAccents:
      source.filter(piece, into: &out) { !ScalarTable.shared[$0].contains(.combining) }
    case .canonical(let composed):
      Decomposition.normalize(source, piece, .canonical, composed: composed, into: &out)
    case .compatibility(let composed):
      Decomposition.normalize(source, piece, .compatibility, composed: composed, into: &out)
    case .lowercase: source.lowercase(piece, into: &out)
    case .nmt: source.cleanLikeNMT(piece, into: &out)
    case .precompiled(let charsmap): charsmap.normalize(source, piece, into: &out)
    case .replace(let pattern, let content):
      source.replace(piece, pattern, with: content, into: &out)
    case .prepend(let scalars): source.prepend(piece, scalars, into: &out)
    case .byteLevel: source.mapBytes(piece, into: &out)
    case .sequence(let steps): Normalizer.run(steps, source, piece, into: &out)
    }
  }

  private static func run(
    _ steps: [Normalizer], _ source: AlignedText, _ piece: TextPiece, into out: inout AlignedText
  ) {
    guard let last = steps.last else {
      out.append(source, piece.range)
      return
    }
    var current = source
    var piece = piece
    for step in steps.dropLast() {
      var next = AlignedText(reserving: piece.range.count + 16)
      step.normalize(current, piece, into: &next)
      current = next
      piece = TextPiece(0..<current.count, shift: piece.shift)
    }
    last.normalize(current, piece, into: &out)
  }
}

extension AlignedText {
  /// Appends the piece to `out` without the scalars that `keeps` refuses.
  func filter(_ piece: TextPiece, into out: inout AlignedText, keeps: (UInt32) -> Bool) {
    var edits: [Edit] = []
    var removed = 0
    var removedAtStart = 0
    for scalar in scalars(piece.range) {
      guard keeps(scalar) else {
        removed += 1
        continue
      }
      if edits.isEmpty {
        removedAtStart = removed
      } else {
        edits[edits.count - 1].change = -removed
      }
      removed = 0
      edits.append(Edit(scalar, 0))
    }
    if !edits.isEmpty { edits[edits.count - 1].change = -removed }
    out.append(self, piece, edited: edits, removed: removedAtStart)
  }

  /// Appends the piece to `out`, each scalar mapped.
  func map(_ piece: TextPiece, into out: inout AlignedText, _ transform: (UInt32) -> UInt32) {
    let edits = scalars(piece.range).map { Edit(transform($0), 0) }
    out.append(self, piece, edited: edits)
  }

  func lowercase(_ piece: TextPiece, into out: inout AlignedText) {
    let table = ScalarTable.shared
    let span = bytes.span
    guard !sources[piece.range.lowerBound].isEmpty else {
      var edits: [Edit] = []
      for scalar in scalars(piece.range) {
        edits.append(Edit(Lowercase.first(of: scalar), 0))
        if let second = Lowercase.second(of: scalar) { edits.append(Edit(second, 1)) }
      }
      out.append(self, piece, edited: edits)
      return
    }
    // Every scalar of the result stands for what its own original does.
    var index = piece.range.lowerBound
    while index < piece.range.upperBound {
      let (scalar, length) = UTF8Scalars.read(span, index)
      let source = sources[index]
      if scalar < 0x80 || table[scalar].contains(.lowercases) {
        out.append(Lowercase.first(of: scalar), source)
        if let second = Lowercase.second(of: scalar) { out.append(second, source) }
      } else {
        for offset in index..<index + length { out.append(byte: span[offset], source) }
      }
      index += length
    }
  }

  func strip(_ piece: TextPiece, left: Bool, right: Bool, into out: inout AlignedText) {
    let span = bytes.span
    var start = piece.range.lowerBound
    var end = piece.range.upperBound
    if left {
      while start < end {
        let (scalar, length) = UTF8Scalars.read(span, start)
        guard ScalarTable.shared[scalar].contains(.whitespace) else { break }
        start += length
      }
    }
    if right {
      while end > start {
        let before = UTF8Scalars.before(span, end)
        let scalar = UTF8Scalars.read(span, before).scalar
        guard ScalarTable.shared[scalar].contains(.whitespace) else { break }
        end = before
      }
    }
    guard start < end else { return }
    out.append(self, start..<end)
  }

  /// What `nmt_nfkc` does beyond NFKC: drops controls, turns odd spaces into plain ones.
  func cleanLikeNMT(_ piece: TextPiece, into out: inout AlignedText) {
    var kept = AlignedText(reserving: piece.range.count)
    filter(piece, into: &kept) { scalar in
      switch scalar {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: false
      default: true
      }
    }
    kept.map(TextPiece(0..<kept.count, shift: piece.shift), into: &out) { scalar in
      switch scalar {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
        0xFFFD:
        0x20
      default: scalar
      }
    }
  }

  func replace(
    _ piece: TextPiece, _ pattern: Pattern, with content: [UInt8], into out: inout AlignedText
  ) {
    var last = piece.range.lowerBound
    pattern.forEachMatch(bytes.span, piece.range) { match in
      out.append(self, last..<match.lowerBound)
      let source =
        match.upperBound == piece.range.lowerBound
        ? SourceRange(piece.shift, piece.shift) : sources[match.upperBound - 1]
      for byte in content { out.append(byte: byte, source) }
      last = match.upperBound
    }
    out.append(self, last..<piece.range.upperBound)
  }

  /// What is put in front stands for the first scalar.
  func prepend(_ piece: TextPiece, _ scalars: [UInt32], into out: inout AlignedText) {
    guard !piece.range.isEmpty else { return }
    let first = piece.range.lowerBound
    for scalar in scalars { out.append(scalar, sources[first]) }
    out.append(self, piece.range)
  }

  /// Each byte becomes the visible character that GPT-2 gives it.
  func mapBytes(_ piece: TextPiece, into out: inout AlignedText) {
    guard !piece.range.isEmpty else { return }
    guard !sources[piece.range.lowerBound].isEmpty else {
      var edits: [Edit] = []
      for index in piece.range {
        edits.append(
          Edit(ByteCharacters.scalar(of: bytes[index]), bytes[index] & 0xC0 == 0x80 ? 1 : 0))
      }
      out.append(self, piece, edited: edits)
      return
    }
    for index in piece.range { out.append(ByteCharacters.scalar(of: bytes[index]), sources[index]) }
  }
}

/// GPT-2's visible stand-ins for bytes: printable Latin-1 bytes as themselves, the others from
/// U+0100 on.
enum ByteCharacters {
  private static let table: [UInt32] = {
    var next: UInt32 = 256
    return (UInt32(0)...255).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
      default:
        next += 1
        return next - 1
      }
    }
  }()

  @inline(__always)
  static func scalar(of byte: UInt8) -> UInt32 { table[Int(byte)] }

  /// What stands for a space.
  static let space: UInt32 = 0x120
}
