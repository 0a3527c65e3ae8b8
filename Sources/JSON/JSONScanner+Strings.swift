extension JSONScanner {
  /// The string, unescaped.
  package func string(_ text: JSONText) -> String {
    if text.isEscaped { return String(decoding: decoded(text), as: UTF8.self) }
    return String(decoding: bytes[text.range], as: UTF8.self)
  }

  /// Appends the string's UTF-8, unescaped, and returns how many bytes that were.
  @discardableResult
  package func append(_ text: JSONText, to buffer: inout [UInt8]) -> Int {
    if text.isEscaped {
      let before = buffer.count
      appendDecoded(text, to: &buffer)
      return buffer.count - before
    }
    buffer.append(contentsOf: bytes[text.range])
    return text.range.count
  }

  /// Whether the string is `other`, byte for byte.
  package func matches(_ text: JSONText, _ other: String) -> Bool {
    if text.isEscaped { return decoded(text).elementsEqual(other.utf8) }
    return bytes[text.range].elementsEqual(other.utf8)
  }

  func decoded(_ text: JSONText) -> [UInt8] {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(text.range.count)
    appendDecoded(text, to: &buffer)
    return buffer
  }

  /// The escapes have been checked when the string was read.
  private func appendDecoded(_ text: JSONText, to buffer: inout [UInt8]) {
    var index = text.range.lowerBound
    while index < text.range.upperBound {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\") else {
        buffer.append(byte)
        index += 1
        continue
      }
      let kind = bytes[index + 1]
      index += 2
      switch kind {
      case UInt8(ascii: "b"): buffer.append(0x08)
      case UInt8(ascii: "f"): buffer.append(0x0C)
      case UInt8(ascii: "n"): buffer.append(0x0A)
      case UInt8(ascii: "r"): buffer.append(0x0D)
      case UInt8(ascii: "t"): buffer.append(0x09)
      case UInt8(ascii: "u"):
        var value = hexadecimal(at: index) ?? 0
        index += 4
        if value & 0xFC00 == 0xD800, let low = lowSurrogate(at: index) {
          value = 0x1_0000 + (value & 0x3FF) << 10 + low & 0x3FF
          index += 6
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        buffer.append(contentsOf: String(Character(scalar)).utf8)
      default: buffer.append(kind)
      }
    }
  }

  /// The offset after the escape at `index`.
  func passEscape(at index: Int) throws(JSONError) -> Int {
    guard index + 1 < bytes.count else { throw end(expected: "an escape") }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return index + 2
    case UInt8(ascii: "u"):
      guard let value = hexadecimal(at: index + 2) else {
        if index + 6 > bytes.count { throw end(expected: "four hexadecimal digits") }
        throw .unexpected(
          found: String(decoding: bytes[index..<index + 6], as: UTF8.self),
          expected: "\\u and four hexadecimal digits", at: location(index))
      }
      guard value & 0xF800 == 0xD800 else { return index + 6 }
      if value & 0xFC00 == 0xD800, lowSurrogate(at: index + 6) != nil { return index + 12 }
      if options.loneSurrogates == .replace { return index + 6 }
      throw .loneSurrogate(at: location(index))
    default:
      throw .unexpected(
        found: "\\" + String(decoding: [bytes[index + 1]], as: UTF8.self),
        expected: "an escape", at: location(index))
    }
  }

  private func lowSurrogate(at index: Int) -> UInt32? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u"), let value = hexadecimal(at: index + 2),
      value & 0xFC00 == 0xDC00
    else { return nil }
    return value
  }

  private func hexadecimal(at index: Int) -> UInt32? {
    guard index + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 0x61 + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 0x41 + 10)
      default: return nil
      }
    }
    return value
  }
}

/// Well-formed UTF-8, table 3-7 of the Unicode Standard.
enum UTF8Sequence {
  /// The length of the scalar at `index`, or 0 if the bytes are not UTF-8.
  static func length(in bytes: Span<UInt8>, at index: Int) -> Int {
    let lead = bytes[index]
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      low = 0xA0
    case 0xED:
      length = 3
      high = 0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      low = 0x90
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      high = 0x8F
    default: return 0
    }
    guard index <= bytes.count - length else { return 0 }
    guard bytes[index + 1] >= low, bytes[index + 1] <= high else { return 0 }
    if length > 2, bytes[index + 2] & 0xC0 != 0x80 { return 0 }
    if length > 3, bytes[index + 3] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
