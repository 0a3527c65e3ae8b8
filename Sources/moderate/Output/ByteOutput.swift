/// Buffered bytes to a file descriptor, written whole.
struct ByteOutput: ~Copyable {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32 = SystemCalls.standardOutput) { self.descriptor = descriptor }

  mutating func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 16 { try flush() }
  }

  mutating func write(line bytes: some Sequence<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= 1 << 16 { try flush() }
  }

  mutating func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard SystemCalls.write(descriptor, buffer) else {
      throw CommandError.output(SystemCalls.lastError)
    }
  }
}

/// A line on standard error, `moderate: ` in front.
func complain(_ message: String) {
  ProgressBar.clearLine()
  var output = ByteOutput(descriptor: SystemCalls.standardError)
  try? output.write("moderate: \(message)\n")
  try? output.flush()
}
