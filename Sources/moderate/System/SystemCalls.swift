#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The calls of the C library that inputs and outputs rest on; unsafe code ends here.
enum SystemCalls {
  /// What the last failed call had to say.
  static var lastError: String { unsafe String(cString: strerror(errno)) }

  /// An environment variable, empty when it is not set.
  static func variable(_ name: String) -> String {
    guard let value = unsafe getenv(name) else { return "" }
    return unsafe String(cString: value)
  }

  /// Columns of a terminal; nil where there is none.
  static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return size.ws_col > 0 ? Int(size.ws_col) : nil
  }

  /// Appends up to `count` bytes; how many there were, 0 at the end, negative on an error.
  static func read(_ descriptor: Int32, into buffer: inout [UInt8], count: Int) -> Int {
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: count))
    var received = -1
    repeat {
      received = unsafe buffer.withUnsafeMutableBytes { bytes in
        #if canImport(Glibc)
          unsafe Glibc.read(descriptor, bytes.baseAddress?.advanced(by: old), count)
        #else
          unsafe Darwin.read(descriptor, bytes.baseAddress?.advanced(by: old), count)
        #endif
      }
    } while received < 0 && errno == EINTR
    buffer.removeLast(count - max(0, received))
    return received
  }

  /// Writes all bytes; false on an error.
  static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes[start...].withUnsafeBytes { part in
        #if canImport(Glibc)
          unsafe Glibc.write(descriptor, part.baseAddress, part.count)
        #else
          unsafe Darwin.write(descriptor, part.baseAddress, part.count)
        #endif
      }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      start += written
    }
    return true
  }

  /// Whether reading would have to wait.
  static func wouldWait(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) == 0
  }

  /// Seconds of a clock that only goes forward.
  static func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func close(_ descriptor: Int32) {
    guard descriptor > STDERR_FILENO else { return }
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static let standardOutput = STDOUT_FILENO
  static let standardError = STDERR_FILENO

  /// Opens a file for reading; negative on an error. The size is nil for what is no regular file.
  static func open(_ path: String) -> (descriptor: Int32, byteCount: Int?) {
    #if canImport(Glibc)
      let descriptor = unsafe path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    #else
      let descriptor = unsafe path == "-" ? STDIN_FILENO : Darwin.open(path, O_RDONLY | O_CLOEXEC)
    #endif
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return (descriptor, nil) }
    return (descriptor, Int(status.st_size))
  }
}
