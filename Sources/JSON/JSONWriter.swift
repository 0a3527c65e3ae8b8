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
/// Commas are its own business; that keys and values alternate is the caller's.
public struct JSONWriter: Sendable {
  /// What to write for numbers that JSON has no token for.
  public enum NonFinite: Sendable { case null, token }

  public private(set) var bytes: [UInt8]
  private let nonFinite: NonFinite
  private var needsComma = false

  public init(nonFinite: NonFinite = .null, reservingCapacity capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
    self.nonFinite = nonFinite
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Empties the buffer and keeps its memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  public mutating func object<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  public mutating func array<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  public mutating func key(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func value(_ text: String) {
    separate()
    quoted(text)
  }

  public mutating func value(_ number: Int) { token(String(number)) }
  public mutating func value(_ flag: Bool) { token(flag ? "true" : "false") }
  public mutating func null() { token("null") }

  /// The shortest digits that read back as the same double.
  public mutating func value(_ number: Double) { token(JSONNumber(number)) }
  /// The shortest digits that read back as the same float.
  public mutating func value(_ number: Float) { token(JSONNumber(number)) }

  public mutating func value(_ value: JSONValue) {
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

  public mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }
  public mutating func member(_ name: String, _ value: Int) {
    key(name)
    self.value(value)
  }
  public mutating func member(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }
  public mutating func member(_ name: String, _ value: Float) {
    key(name)
    self.value(value)
  }
  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }
  @_disfavoredOverload
  public mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  /// An array of doubles, or of floats, in one go.
  public mutating func values(_ numbers: some Sequence<Double>) {
    array { for number in numbers { $0.value(number) } }
  }
  public mutating func values(_ numbers: some Sequence<Float>) {
    array { for number in numbers { $0.value(number) } }
  }

  /// Ends a line, as in JSON Lines; the next value starts a new text.
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func token(_ number: JSONNumber) {
    token(number.isFinite || nonFinite == .token ? number.text : "null")
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
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        for digit in [byte >> 4, byte & 15] { bytes.append(digit + (digit < 10 ? 0x30 : 0x57)) }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  /// The value as compact JSON, keys in their order.
  public func encoded(nonFinite: JSONWriter.NonFinite = .null) -> [UInt8] {
    var writer = JSONWriter(nonFinite: nonFinite)
    writer.value(self)
    return writer.bytes
  }
}
