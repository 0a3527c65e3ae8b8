/// The records of a CSV file (RFC 4180): quoted fields may hold separators, line ends and doubled
/// quotes; a quote inside an unquoted field stands for itself.
struct CSVRecords {
  private var stream: ByteStream
  private let separator: UInt8
  private let limit: Int

  init(_ stream: ByteStream, separator: UInt8, limit: Int) {
    self.stream = stream
    self.separator = separator
    self.limit = limit
  }

  struct Record {
    var line: Int
    var fields: [String]
  }

  /// The next record; empty lines are passed over. A record that cannot be read is a failure, and
  /// the next call goes on after it.
  mutating func next() throws -> Result<Record, LineError>? {
    while let byte = try stream.peek(), byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      _ = try stream.next()
    }
    guard try stream.peek() != nil else { return nil }
    let line = stream.line
    var fields: [String] = []
    var size = 0
    var failure: String?
    while true {
      let (bytes, end, problem) = try field()
      failure = failure ?? problem
      size += bytes.count
      if size > limit { failure = failure ?? "the record is longer than \(limit) bytes" }
      if failure == nil {
        if let text = String(validating: bytes, as: UTF8.self) {
          fields.append(text)
        } else {
          failure = "not valid UTF-8"
        }
      }
      if end != separator { break }
    }
    if let failure { return .failure(LineError(line: line, reason: failure)) }
    return .success(Record(line: line, fields: fields))
  }

  struct LineError: Error {
    let line: Int
    let reason: String
  }

  /// One field, the byte that ended it (nil at the end of the file) and what is wrong with it.
  private mutating func field() throws -> (bytes: [UInt8], end: UInt8?, problem: String?) {
    var bytes: [UInt8] = []
    if try stream.peek() == UInt8(ascii: "\"") {
      _ = try stream.next()
      while true {
        guard let byte = try stream.next() else {
          return (bytes, nil, "a quoted field does not end")
        }
        if byte == UInt8(ascii: "\"") {
          guard try stream.peek() == UInt8(ascii: "\"") else { break }
          _ = try stream.next()
        }
        if bytes.count <= limit { bytes.append(byte) }
      }
    }
    while let byte = try stream.next() {
      if byte == separator || byte == UInt8(ascii: "\n") { return (bytes, byte, nil) }
      if byte == UInt8(ascii: "\r"), try stream.peek() == UInt8(ascii: "\n") { continue }
      if bytes.count <= limit { bytes.append(byte) }
    }
    return (bytes, nil, nil)
  }
}
