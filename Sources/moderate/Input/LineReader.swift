/// Lines of a file or pipe, read as they are needed; memory grows with the longest line only.
final class LineReader {
  private let descriptor: Int32
  private let name: String
  private var buffer: [UInt8] = []
  /// The unread part of the buffer starts here.
  private var start = 0
  /// No newline lies between `start` and here.
  private var searched = 0
  private var isAtEnd = false
  /// Lines returned so far, so also the number of the last one.
  private(set) var lineNumber = 0
  /// Bytes taken from the file so far.
  private(set) var bytesRead = 0
  /// Size of the file; nil for a pipe or terminal.
  let byteCount: Int?

  /// Opens a file; `-` is standard input.
  init(path: String) throws {
    name = path == "-" ? "standard input" : path
    (descriptor, byteCount) = SystemCalls.open(path)
    guard descriptor >= 0 else { throw CommandError.input("\(path): \(SystemCalls.lastError)") }
  }

  deinit {
    SystemCalls.close(descriptor)
  }

  /// Whether the next line is not there yet, so that a caller had better work on what it has.
  var wouldWait: Bool {
    guard byteCount == nil, !isAtEnd else { return false }
    if buffer[start...].contains(UInt8(ascii: "\n")) { return false }
    return SystemCalls.wouldWait(descriptor)
  }

  /// The next line without its end (`\n` or `\r\n`); nil at the end. A byte order mark in front of
  /// the first line is dropped.
  func next() throws -> [UInt8]? {
    while true {
      if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return take(upTo: newline, next: newline + 1)
      }
      searched = buffer.count
      if isAtEnd {
        return start < buffer.count ? take(upTo: buffer.count, next: buffer.count) : nil
      }
      try fill()
    }
  }

  /// All that is left, as bytes.
  func rest() throws -> [UInt8] {
    while !isAtEnd { try fill() }
    var bytes = Array(buffer[start...])
    if lineNumber == 0, bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(3) }
    start = buffer.count
    return bytes
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private func take(upTo end: Int, next: Int) -> [UInt8] {
    var line = buffer[start..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if lineNumber == 0, line.starts(with: Self.byteOrderMark) { line.removeFirst(3) }
    lineNumber += 1
    start = next
    searched = next
    return Array(line)
  }

  private func fill() throws {
    if start > 0 {
      buffer.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    let count = SystemCalls.read(descriptor, into: &buffer, count: 1 << 16)
    guard count >= 0 else { throw CommandError.input("\(name): \(SystemCalls.lastError)") }
    bytesRead += count
    if count == 0 { isAtEnd = true }
  }
}
