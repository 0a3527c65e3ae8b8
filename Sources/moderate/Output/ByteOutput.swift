import Moderation
import SystemPackage

/// Buffered bytes to a file descriptor, written whole.
struct ByteOutput: ~Copyable {
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []

  init(descriptor: FileDescriptor = .standardOutput) { self.descriptor = descriptor }

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
    do {
      try descriptor.writeAll(buffer)
    } catch {
      throw CommandError.output("\(error)")
    }
  }
}

/// A message on standard error, `moderate: ` in front. It may quote what a file or a message says.
func complain(_ message: String) {
  ProgressBar.clearLine()
  var output = ByteOutput(descriptor: .standardError)
  try? output.write("moderate: \(visibleLines(message))\n")
  try? output.flush()
}
