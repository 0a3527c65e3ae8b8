/// The bytes of a source by lines, or one by one. Memory holds one piece of the source and the line
/// that is being read.
///
/// Lines end at `\n` or `\r\n` and nowhere else. A byte order mark in front of the first line is no
/// part of it.
package final class ByteStream {
  /// Longer lines, and longer rows of CSV, cannot be used. In bytes.
  package static let longestLine = 16 << 20
  /// Longer files that are not read by lines cannot be used. In bytes.
  package static let longestFile = 256 << 20

  private let read: () throws -> [UInt8]?
  private var piece: [UInt8] = []
  private var position = 0
  private var isAtStart = true
  private var isAtEnd = false
  /// The line of the next byte, from 1.
  package private(set) var line = 1

  /// - Parameter pieces: gives the bytes in pieces of any size, then nil.
  package init(pieces: @escaping () throws -> [UInt8]?) {
    read = pieces
  }

  package struct Line {
    /// Without its end.
    package let bytes: [UInt8]
    /// From 1.
    package let number: Int
    /// Whether bytes beyond ``ByteStream/longestLine`` were left out.
    package let isTooLong: Bool
  }

  /// Why a line of more than so many bytes cannot be used.
  package static func tooLong(limit: Int = longestLine) -> String { "longer than \(limit) bytes" }

  /// Whether the rest of the line can be had without reading from the source.
  package var hasLine: Bool {
    isAtEnd || piece[position...].contains(UInt8(ascii: "\n"))
  }

  /// The next byte, which stays; nil at the end.
  func peek() throws -> UInt8? {
    if position == piece.count, try !fill() { return nil }
    return piece[position]
  }

  func next() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// The rest of the line; nil at the end of the bytes.
  package func nextLine(limit: Int = longestLine) throws -> Line? {
    guard try peek() != nil else { return nil }
    let number = line
    var bytes: [UInt8] = []
    var isTooLong = false
    while try peek() != nil {
      let rest = piece[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? piece.count)]
      // One byte more than the limit: it may be the \r of the line's end.
      let room = limit + 1 - bytes.count
      bytes.append(contentsOf: part.prefix(room))
      if part.count > room { isTooLong = true }
      position = piece.count
      if let end {
        position = end + 1
        line += 1
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        break
      }
    }
    if bytes.count > limit { isTooLong = true }
    return Line(bytes: bytes, number: number, isTooLong: isTooLong)
  }

  /// All that is left; nil where it is more than so many bytes.
  package func rest(limit: Int = longestFile) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    while try peek() != nil {
      guard bytes.count + piece.count - position <= limit else { return nil }
      bytes += piece[position...]
      position = piece.count
    }
    return bytes
  }

  /// Reads the next piece that is not empty; false at the end.
  private func fill() throws -> Bool {
    if isAtEnd { return false }
    var next: [UInt8] = []
    // A byte order mark may come in pieces.
    while next.isEmpty || (isAtStart && next.count < 3 && Self.byteOrderMark.starts(with: next)) {
      guard let more = try read() else {
        isAtEnd = true
        break
      }
      next += more
    }
    if isAtStart, next.starts(with: Self.byteOrderMark) { next.removeFirst(3) }
    isAtStart = false
    piece = next
    position = 0
    return next.isEmpty ? try fill() : true
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
