/// Writes one JSON text, compactly, value by value, into a byte buffer.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { writer in
///   writer.member("score", 0.25)
///   writer.key("tags")
///   writer.array { $0.value("a") }
/// }
/// writer.bytes  // {"score":0.25,"tags":["a"]}
/// ```
/// The writer places the commas. The caller alternates keys and values. Numbers that are not finite
/// become null, as JSON has no token for them.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8]
  private var needsComma = false

  package init(reservingCapacity capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Empties the buffer and keeps its memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  package mutating func object<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  package mutating func array<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  package mutating func key(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func value(_ text: String) {
    separate()
    quoted(text)
  }

  package mutating func value(_ number: Int) { token(String(number)) }
  package mutating func value(_ flag: Bool) { token(flag ? "true" : "false") }
  package mutating func null() { token("null") }

  /// The shortest digits that read back as the same double.
  package mutating func value(_ number: Double) { token(JSONNumber(number)) }
  /// The shortest digits that read back as the same float.
  package mutating func value(_ number: Float) { token(JSONNumber(number)) }

  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): self.value(flag)
    case .number(let number): token(number)
    case .string(let text): self.value(text)
    case .array(let elements):
      array { for element in elements { $0.value(element) } }
    case .object(let members):
      object { for (key, member) in members { $0.member(key, member) } }
    }
  }

  package mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }
  package mutating func member(_ name: String, _ value: Int) {
    key(name)
    self.value(value)
  }
  package mutating func member(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }
  package mutating func member(_ name: String, _ value: Float) {
    key(name)
    self.value(value)
  }
  package mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }
  @_disfavoredOverload
  package mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  /// An array of doubles, or of floats, in one go.
  package mutating func values(_ numbers: some Sequence<Double>) {
    array { for number in numbers { $0.value(number) } }
  }
  package mutating func values(_ numbers: some Sequence<Float>) {
    array { for number in numbers { $0.value(number) } }
  }

  /// Ends a line, as in JSON Lines; the next value starts a new text.
  package mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func token(_ number: JSONNumber) {
    token(number.isFinite ? number.text : "null")
  }

  private mutating func token(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  /// A string in quotes. Controls are escaped, and so are the separators of lines and paragraphs:
  /// readers of JSON Lines that break lines as Unicode does keep one line whole.
  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F: escape(0, byte)
      case 0x80...0x9F where bytes.last == 0xC2:
        bytes.removeLast()
        escape(0, byte)
      case 0xA8...0xA9 where endsLikeSeparator:
        bytes.removeLast(2)
        escape(0x20, byte - 0x80)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether the last two bytes are the first two of U+2028 and U+2029. By index: many letters have the
  /// same third byte, and a suffix compared with an array literal is made by going through all bytes.
  private var endsLikeSeparator: Bool {
    let count = bytes.count
    return count >= 2 && bytes[count - 1] == 0x80 && bytes[count - 2] == 0xE2
  }

  /// The four hexadecimal digits of a UTF-16 unit.
  private mutating func escape(_ high: UInt8, _ low: UInt8) {
    bytes.append(contentsOf: "\\u".utf8)
    for byte in [high, low] {
      for digit in [byte >> 4, byte & 15] { bytes.append(digit + (digit < 10 ? 0x30 : 0x57)) }
    }
  }
}

extension JSONValue {
  /// The value as compact JSON, keys in their order. Numbers that are not finite become null.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }
}
