/// Bytes from a source in chunks, handed out one by one with the line they are on; at most one chunk
/// is in memory.
struct ByteStream {
  private let read: () throws -> [UInt8]?
  private var chunk: [UInt8] = []
  private var position = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1

  init(chunks: @escaping () throws -> [UInt8]?) {
    read = chunks
  }

  /// The next byte, which stays; nil at the end.
  mutating func peek() throws -> UInt8? {
    while position == chunk.count {
      guard let next = try read() else { return nil }
      chunk = next
      position = 0
    }
    return chunk[position]
  }

  mutating func next() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Takes a byte order mark away, if there is one at the start.
  mutating func skipByteOrderMark() throws {
    guard try peek() == 0xEF, chunk.count - position >= 3, chunk[position + 1] == 0xBB,
      chunk[position + 2] == 0xBF
    else { return }
    position += 3
  }

  /// The rest of the line, without its end; nil at the end of the bytes. Bytes beyond `limit` are
  /// left out and `isCut` is true.
  mutating func nextLine(limit: Int) throws -> (bytes: [UInt8], line: Int, isCut: Bool)? {
    guard try peek() != nil else { return nil }
    let start = line
    var bytes: [UInt8] = []
    var isCut = false
    while try peek() != nil {
      let rest = chunk[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? chunk.count)]
      bytes.append(contentsOf: part.prefix(max(0, limit - bytes.count)))
      if bytes.count == limit, part.count > 0 { isCut = true }
      position = chunk.count
      if let end {
        position = end + 1
        line += 1
        break
      }
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return (bytes, start, isCut)
  }
}
