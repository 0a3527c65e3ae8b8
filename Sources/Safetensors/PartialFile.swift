import SystemPackage

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
  private let descriptor: FileDescriptor
  private var isComplete = false

  init(for path: String) throws(SafetensorsError) {
    self.path = path
    partialPath = path + ".partial-\(getpid())"
    do {
      descriptor = try FileDescriptor.open(
        FilePath(partialPath), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .cannotWrite(file: path, reason: "\(error)") }
  }

  deinit {
    try? descriptor.close()
    if !isComplete { unsafe unlink(partialPath) }
  }

  func write(_ bytes: RawSpan) throws(SafetensorsError) {
    do {
      _ = try unsafe bytes.withUnsafeBytes { buffer in
        try unsafe descriptor.writeAll(buffer)
      }
    } catch { throw .cannotWrite(file: path, reason: "\(error)") }
  }

  func complete() throws(SafetensorsError) {
    guard unsafe rename(partialPath, path) == 0 else {
      throw .cannotWrite(file: path, reason: FileStorage.reason())
    }
    isComplete = true
  }
}
