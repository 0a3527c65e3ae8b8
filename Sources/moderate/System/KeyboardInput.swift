#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Single keys from the terminal, without Return and without being echoed. The terminal is as it was
/// when this ends.
///
/// Keys come from standard input when that is the terminal, else from the controlling terminal, so
/// that texts may be piped in.
struct KeyboardInput: ~Copyable {
  private let descriptor: Int32
  private var before = termios()
  /// Keys that came together with one that was handed out.
  private var pending: [UInt8] = []

  init() throws {
    let isInput = SystemCalls.isTerminal(STDIN_FILENO)
    descriptor = unsafe isInput ? STDIN_FILENO : open("/dev/tty", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, unsafe tcgetattr(descriptor, &before) == 0 else {
      throw CommandError.usage("a review needs a terminal")
    }
    var raw = before
    // Control-C arrives as a key: the review ends in order.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    unsafe tcsetattr(descriptor, TCSANOW, &raw)
  }

  deinit {
    var settings = before
    unsafe tcsetattr(descriptor, TCSANOW, &settings)
    SystemCalls.close(descriptor)
  }

  /// The next key; nil when the terminal is gone. Keys that send more than one byte, such as arrows
  /// and letters beyond ASCII, are passed over.
  mutating func next() -> Character? {
    while true {
      if pending.isEmpty {
        guard SystemCalls.read(descriptor, into: &pending, count: 256) > 0 else { return nil }
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
