import SystemPackage

/// Single keys from the terminal, without Return and without being echoed. The terminal is as it was
/// when this ends.
///
/// Keys come from standard input when that is the terminal, else from the controlling terminal, so
/// that texts may be piped in.
struct KeyboardInput: ~Copyable {
  private let descriptor: FileDescriptor
  private let before: FileDescriptor.TerminalSettings
  /// Keys that came together with one that was handed out.
  private var pending: [UInt8] = []

  init() throws {
    let input = FileDescriptor.standardInput
    guard
      let terminal = input.isTerminal
        ? input : try? .open(FilePath("/dev/tty"), .readOnly, options: .closeOnExec),
      let settings = terminal.readSingleKeys()
    else { throw CommandError.usage("a review needs a terminal") }
    descriptor = terminal
    before = settings
  }

  deinit {
    descriptor.terminalSettings = before
    if descriptor != .standardInput { try? descriptor.close() }
  }

  /// The next key; nil when the terminal is gone. Keys that send more than one byte, such as arrows
  /// and letters beyond ASCII, are passed over.
  mutating func next() -> Character? {
    while true {
      if pending.isEmpty {
        guard let keys = try? descriptor.read(upTo: 256), !keys.isEmpty else { return nil }
        pending = keys
      }
      let byte = pending.removeFirst()
      if byte == 0x1B, pending.first == UInt8(ascii: "[") || pending.first == UInt8(ascii: "O") {
        // An escape sequence: up to its final letter.
        pending.removeFirst()
        if let end = pending.firstIndex(where: { (0x40...0x7E).contains($0) }) {
          pending.removeFirst(end + 1)
        }
        continue
      }
      if byte < 0x80 { return Character(Unicode.Scalar(byte)) }
    }
  }
}
