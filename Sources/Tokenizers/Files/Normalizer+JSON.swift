import JSON

extension Normalizer {
  init(_ component: ComponentReader) throws(TokenizerError) {
    let name = try component.string("type")
    switch name {
    case "BertNormalizer", "Bert":
      let lowercases = try component.bool("lowercase")
      self = .bert(
        BertNormalizer(
          cleansText: try component.bool("clean_text"),
          spacesChinese: try component.bool("handle_chinese_chars"),
          stripsAccents: try component.optionalBool("strip_accents") ?? lowercases,
          lowercases: lowercases))
    case "Strip":
      self = .strip(
        left: try component.bool("strip_left"), right: try component.bool("strip_right"))
    case "Precompiled":
      guard let blob = Base64.decode(try component.string("precompiled_charsmap")) else {
        throw .invalidCharsmap(reason: "not base64")
      }
      self = .precompiled(try Charsmap(blob))
    case "Replace":
      self = .replace(
        try Pattern(component.component("pattern")),
        with: Array(try component.string("content").utf8))
    case "Prepend":
      self = .prepend(try component.string("prepend").unicodeScalars.map(\.value))
    case "Sequence":
      var steps: [Normalizer] = []
      for step in try component.components("normalizers") { steps.append(try Normalizer(step)) }
      self = .sequence(steps)
    default:
      guard let plain = Normalizer.plain(name) else {
        throw .unknownComponent(kind: component.path, name: name)
      }
      self = plain
    }
  }

  /// The normalisers without options.
  private static func plain(_ name: String) -> Normalizer? {
    switch name {
    case "NFC": .canonical(composed: true)
    case "NFD": .canonical(composed: false)
    case "NFKC": .compatibility(composed: true)
    case "NFKD": .compatibility(composed: false)
    case "Lowercase": .lowercase
    case "StripAccents": .stripAccents
    case "Nmt": .nmt
    case "ByteLevel": .byteLevel
    default: nil
    }
  }
}

enum Base64 {
  /// The bytes, nil if the text is not padded standard base64.
  static func decode(_ text: String) -> [UInt8]? {
    let symbols = Array(text.utf8)
    guard symbols.count % 4 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(symbols.count / 4 * 3)
    var index = 0
    while index < symbols.count {
      let isLast = index + 4 == symbols.count
      let padding =
        isLast ? (symbols[index + 3] == 0x3D ? symbols[index + 2] == 0x3D ? 2 : 1 : 0) : 0
      var bits: UInt32 = 0
      for offset in 0..<4 {
        if offset >= 4 - padding {
          bits <<= 6
          continue
        }
        guard let value = value(symbols[index + offset]) else { return nil }
        bits = bits << 6 | value
      }
      result.append(UInt8(truncatingIfNeeded: bits >> 16))
      if padding < 2 { result.append(UInt8(truncatingIfNeeded: bits >> 8)) }
      if padding < 1 { result.append(UInt8(truncatingIfNeeded: bits)) }
      index += 4
    }
    return result
  }

  private static func value(_ symbol: UInt8) -> UInt32? {
    switch symbol {
    case 0x41...0x5A: UInt32(symbol) - 0x41
    case 0x61...0x7A: UInt32(symbol) - 0x61 + 26
    case 0x30...0x39: UInt32(symbol) - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
