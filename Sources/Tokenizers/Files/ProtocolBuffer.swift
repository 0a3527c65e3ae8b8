/// Reads the wire format of protocol buffers, field by field; every length is checked.
struct ProtocolBuffer {
  enum Value {
    case integer(UInt64)
    /// Where the bytes of a string or message are.
    case bytes(Range<Int>)
    case word(UInt32)
    case doubleWord(UInt64)
  }

  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The next field's number and value, nil at the end.
  mutating func next() throws(TokenizerError) -> (field: UInt64, value: Value)? {
    guard position < end else { return nil }
    let key = try integer()
    let field = key >> 3
    switch key & 7 {
    case 0: return (field, .integer(try integer()))
    case 1: return (field, .doubleWord(try fixed(8)))
    case 2:
      let length = try integer()
      guard length <= UInt64(end - position) else {
        throw failure("field \(field) takes \(length) bytes, but \(end - position) are left")
      }
      let start = position
      position += Int(length)
      return (field, .bytes(start..<position))
    case 5: return (field, .word(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw failure("field \(field) has the unknown wire type \(key & 7)")
    }
  }

  private mutating func integer() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw failure("ends within a number") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw failure("a number is longer than ten bytes")
  }

  private mutating func fixed(_ count: Int) throws(TokenizerError) -> UInt64 {
    guard count <= end - position else { throw failure("ends within a number") }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += count
    return value
  }

  private func failure(_ reason: String) -> TokenizerError {
    .invalidSentencePiece(reason: "at byte \(position): \(reason)")
  }
}
