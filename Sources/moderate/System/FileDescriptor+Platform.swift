import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Calls of the platform's C library on descriptors that swift-system does not have. No other file of
// the command line calls it.

extension FileDescriptor {
  /// Reads up to `count` bytes; none at the end.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe try bytes.withUnsafeMutableBytes { try unsafe read(into: $0) }
    bytes.removeLast(count - received)
    return bytes
  }

  /// Whether reading would have to wait.
  var wouldWait: Bool {
    var request = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) == 0
  }

  var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Columns of a terminal; nil where there is none.
  var columns: Int? {
    var size = winsize()
    guard unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return size.ws_col > 0 ? Int(size.ws_col) : nil
  }

  /// Takes the lock of the file; false when another process has it.
  func lock() -> Bool { flock(rawValue, LOCK_EX | LOCK_NB) == 0 }

  /// Waits until all that was written is on the disk.
  func synchronize() throws(Errno) {
    guard fsync(rawValue) == 0 else { throw .last }
  }

  typealias TerminalSettings = termios

  /// The terminal's settings; nil for what is no terminal.
  var terminalSettings: TerminalSettings? {
    get {
      var settings = termios()
      return unsafe tcgetattr(rawValue, &settings) == 0 ? settings : nil
    }
    nonmutating set {
      guard var settings = newValue else { return }
      unsafe tcsetattr(rawValue, TCSANOW, &settings)
    }
  }

  /// Gives every key to the program at once, Control-C too, and echoes none. Returns the settings
  /// from before; nil for what is no terminal.
  func readSingleKeys() -> TerminalSettings? {
    guard let before = terminalSettings else { return nil }
    var settings = before
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    terminalSettings = settings
    return before
  }
}

extension Errno {
  /// The error of the last call that failed.
  static var last: Errno { Errno(rawValue: errno) }
}
