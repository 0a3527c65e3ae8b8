#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that takes its name only when it is complete, and vanishes if it never is.
final class PartialFile {
  /// The name it will have.
  let path: String
  private let partialPath: String
  private let descriptor: CInt
  private var isComplete = false

  init(for path: String) throws(SafetensorsError) {
    self.path = path
    partialPath = path + ".partial-\(getpid())"
    descriptor = unsafe open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .cannotWrite(file: path, reason: FileStorage.reason())
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if !isComplete { unsafe unlink(partialPath) }
  }

  func write(_ bytes: RawSpan) throws(SafetensorsError) {
    var offset = 0
    while offset < bytes.byteCount {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
        #if canImport(Darwin)
          return unsafe Darwin.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Glibc)
          return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        #else
          return unsafe Musl.write(descriptor, rest.baseAddress, rest.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotWrite(file: path, reason: FileStorage.reason())
      }
      offset += count
    }
  }

  func complete() throws(SafetensorsError) {
    guard unsafe rename(partialPath, path) == 0 else {
      throw .cannotWrite(file: path, reason: FileStorage.reason())
    }
    isComplete = true
  }
}
