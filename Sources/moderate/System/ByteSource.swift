/// The bytes of a file in pieces, and how far they have been read.
final class ByteSource {
  private let descriptor: Int32
  private let name: String
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

  /// The next piece; nil at the end.
  func next() throws -> [UInt8]? {
    var bytes: [UInt8] = []
    let count = SystemCalls.read(descriptor, into: &bytes, count: 1 << 16)
    guard count >= 0 else { throw CommandError.input("\(name): \(SystemCalls.lastError)") }
    bytesRead += count
    return count == 0 ? nil : bytes
  }

  /// All of a file.
  static func contents(of path: String) throws -> [UInt8] {
    let source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    while let next = try source.next() { bytes += next }
    return bytes
  }

  var progress: ProgressBar.Measure { .init(done: bytesRead, total: byteCount) }
}
