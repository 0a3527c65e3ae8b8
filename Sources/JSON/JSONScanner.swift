/// A string of a JSON text, as a range of its bytes: nothing has been copied or unescaped.
///
/// It belongs to the scanner that returned it: ``JSONScanner/string(_:)``,
/// ``JSONScanner/append(_:to:)`` and ``JSONScanner/matches(_:_:)`` read it.
package struct JSONText: Sendable, Equatable {
  /// The bytes between the quotes, in ``JSONScanner/bytes``.
  package let range: Range<Int>
  /// Whether the bytes hold escapes. If not, they are the string's UTF-8 as it stands.
  package let isEscaped: Bool
}

/// Reads a JSON text value by value, without building a tree.
///
/// ```swift
/// var scanner = JSONScanner(bytes)
/// try scanner.beginObject()
/// while let key = try scanner.nextKey() {
///   if scanner.matches(key, "vocab") { … } else { try scanner.skip() }
/// }
/// try scanner.end()
/// ```
/// The caller reads exactly one value after each key and for each element. Everything that is
/// passed, skipped values too, is checked: syntax, UTF-8, depth, repeated keys.
package struct JSONScanner: Sendable {
  /// The whole text, UTF-8.
  package let bytes: [UInt8]
  package let options: JSONOptions
  /// Offset of the next byte to read.
  package private(set) var position = 0

  /// The state of an open array or object. It takes one byte, so that passing an element is cheap.
  private struct Frame: OptionSet, Sendable {
    let rawValue: UInt8
    static let object = Frame(rawValue: 1)
    static let hasMembers = Frame(rawValue: 2)
    static let checksKeys = Frame(rawValue: 4)
  }
  private var frames: [Frame] = []
  /// The keys seen so far, for each open object that compares them.
  private var keySets: [KeySet] = []

  package init(_ bytes: [UInt8], options: JSONOptions = .strict) {
    self.bytes = bytes
    self.options = options
  }

  /// How many arrays and objects are open.
  package var depth: Int { frames.count }

  // MARK: Containers

  /// The kind of the next value.
  package mutating func peek() throws(JSONError) -> JSONKind {
    skipWhitespace()
    guard position < bytes.count else { throw end(expected: "a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "N"), UInt8(ascii: "I"):
      guard options.allowsNonFiniteNumbers else { throw unexpected("a value") }
      return .number
    default: throw unexpected("a value")
    }
  }

  /// Opens an object.
  ///
  /// - Parameter checkingKeys: false when the caller itself finds repeated keys, as a vocabulary
  ///   does; saves the table of keys.
  package mutating func beginObject(checkingKeys: Bool = true) throws(JSONError) {
    try begin(UInt8(ascii: "{"), "an object")
    frames.append(checkingKeys ? [.object, .checksKeys] : .object)
    if checkingKeys { keySets.append(KeySet()) }
  }

  /// Opens an array.
  package mutating func beginArray() throws(JSONError) {
    try begin(UInt8(ascii: "["), "an array")
    frames.append([])
  }

  /// The next key of the innermost object, or nil when it ends (which closes it).
  package mutating func nextKey() throws(JSONError) -> JSONText? {
    guard try advance(to: UInt8(ascii: "}"), inObject: true) else { return nil }
    guard position < bytes.count else { throw end(expected: "a key") }
    guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected("a key") }
    let start = position
    let key = try scanString()
    if frames[frames.count - 1].contains(.checksKeys) {
      let name = string(key)
      guard keySets[keySets.count - 1].insert(name) else {
        throw .duplicateKey(name, at: location(start))
      }
    }
    skipWhitespace()
    guard position < bytes.count else { throw end(expected: "':'") }
    guard bytes[position] == UInt8(ascii: ":") else { throw unexpected("':'") }
    position += 1
    return key
  }

  /// Whether the innermost array has another element; false closes it.
  package mutating func nextElement() throws(JSONError) -> Bool {
    try advance(to: UInt8(ascii: "]"), inObject: false)
  }

  /// Checks that nothing but white space follows the value that was read.
  package mutating func end() throws(JSONError) {
    skipWhitespace()
    guard position == bytes.count else { throw unexpected("the end of the text") }
  }

  private mutating func begin(_ byte: UInt8, _ name: String) throws(JSONError) {
    skipWhitespace()
    guard position < bytes.count else { throw end(expected: name) }
    guard bytes[position] == byte else { throw unexpected(name) }
    guard frames.count < options.maximumDepth else {
      throw .tooDeep(limit: options.maximumDepth, at: location(position))
    }
    position += 1
  }

  /// Passes the comma before the next member, or the closing bracket (then false).
  private mutating func advance(to close: UInt8, inObject: Bool) throws(JSONError) -> Bool {
    guard let frame = frames.last, frame.contains(.object) == inObject else {
      throw unexpected(inObject ? "an open object" : "an open array")
    }
    skipWhitespace()
    guard position < bytes.count else { throw end(expected: Self.separator(inObject)) }
    let byte = bytes[position]
    if byte == close {
      position += 1
      frames.removeLast()
      if frame.contains(.checksKeys) { keySets.removeLast() }
      return false
    }
    if !frame.contains(.hasMembers) {
      frames[frames.count - 1].insert(.hasMembers)
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw unexpected(Self.separator(inObject)) }
    position += 1
    skipWhitespace()
    if position < bytes.count, bytes[position] == close {
      throw unexpected(inObject ? "a key" : "a value")
    }
    return true
  }

  private static func separator(_ inObject: Bool) -> String {
    inObject ? "',' or '}'" : "',' or ']'"
  }

  // MARK: Scalars

  /// Reads a string.
  package mutating func text() throws(JSONError) -> JSONText {
    guard try peek() == .string else { throw unexpected("a string") }
    return try scanString()
  }

  /// Reads a string and decodes it.
  package mutating func string() throws(JSONError) -> String { string(try text()) }

  /// Reads `true` or `false`.
  package mutating func bool() throws(JSONError) -> Bool {
    guard try peek() == .bool else { throw unexpected("true or false") }
    let isTrue = bytes[position] == UInt8(ascii: "t")
    try literal(isTrue ? "true" : "false")
    return isTrue
  }

  /// Reads `null` if it is next and tells whether it was.
  package mutating func null() throws(JSONError) -> Bool {
    guard try peek() == .null else { return false }
    try literal("null")
    return true
  }

  /// Reads a number that is written as an integer.
  package mutating func integer() throws(JSONError) -> Int {
    let number = try number()
    guard let value = number.exactInteger(in: bytes) else {
      throw .numberOutOfRange(
        String(decoding: bytes[number.range], as: UTF8.self), type: "Int",
        at: location(number.range.lowerBound))
    }
    return value
  }

  /// Reads a number, rounded to the nearest `Double`. A number beyond its range is an error.
  package mutating func double() throws(JSONError) -> Double {
    let number = try number()
    let value = number.double(in: bytes)
    guard value.isFinite || number.isNonFinite else {
      throw .numberOutOfRange(
        String(decoding: bytes[number.range], as: UTF8.self), type: "Double",
        at: location(number.range.lowerBound))
    }
    return value
  }

  /// Passes over one value of any kind.
  package mutating func skip() throws(JSONError) {
    switch try peek() {
    case .null: try literal("null")
    case .bool: _ = try bool()
    case .number: _ = try number()
    case .string: _ = try scanString()
    case .array:
      try beginArray()
      while try nextElement() { try skip() }
    case .object:
      try beginObject()
      while try nextKey() != nil { try skip() }
    }
  }

  /// Reads the token of a number.
  mutating func number() throws(JSONError) -> NumberToken {
    guard try peek() == .number else { throw unexpected("a number") }
    guard let token = NumberToken(in: bytes, at: position, options: options) else {
      throw unexpected("a number")
    }
    position = token.range.upperBound
    return token
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    let text = String(describing: word)
    guard bytes[position...].starts(with: text.utf8) else { throw unexpected(text) }
    position += text.utf8.count
  }

  // MARK: Bytes

  @inline(__always)
  mutating func skipWhitespace() { position = endOfWhitespace() }

  @inline(__always)
  private func endOfWhitespace() -> Int {
    let span = bytes.span
    var index = position
    while index < span.count {
      let byte = span[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      index &+= 1
    }
    return index
  }

  /// Reads a string whose opening quote is next.
  private mutating func scanString() throws(JSONError) -> JSONText {
    let text = try string(from: position + 1)
    position = text.range.upperBound + 1
    return text
  }

  /// The string whose first byte after the quote is at `start`.
  private func string(from start: Int) throws(JSONError) -> JSONText {
    let span = bytes.span
    var index = start
    var isEscaped = false
    while index < span.count {
      let byte = span[index]
      if byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C {
        index &+= 1
      } else if byte == 0x22 {
        return JSONText(range: start..<index, isEscaped: isEscaped)
      } else if byte == 0x5C {
        isEscaped = true
        index = try passEscape(at: index)
      } else if byte < 0x20 {
        throw .unexpected(
          found: "control character \(byte)", expected: "its escape", at: location(index))
      } else {
        let length = UTF8Sequence.length(in: span, at: index)
        guard length > 0 else { throw .invalidUTF8(at: location(index)) }
        index &+= length
      }
    }
    throw end(expected: "the closing quote")
  }

  func end(expected: String) -> JSONError {
    .unexpectedEnd(expected: expected, at: location(bytes.count))
  }

  func unexpected(_ expected: String) -> JSONError {
    guard position < bytes.count else { return end(expected: expected) }
    let byte = bytes[position]
    let found: String
    if let content = misplacedContent() {
      found = content
    } else if byte < 0x20 || byte == 0x7F {
      found = "control character \(byte)"
    } else {
      let length = max(1, UTF8Sequence.length(in: bytes.span, at: position))
      found = "'" + String(decoding: bytes[position..<position + length], as: UTF8.self) + "'"
    }
    return .unexpected(found: found, expected: expected, at: location(position))
  }

  /// The name of another file's content where the text should begin.
  private func misplacedContent() -> String? {
    let isFirst = bytes[..<position].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return isFirst ? FileContent.misplaced(bytes) : nil
  }

  package func location(_ offset: Int) -> JSONLocation { JSONLocation(offset: offset, in: bytes) }
}
