#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows line by line, each on the disk before the call returns. One process at a time
/// may have it open.
final class AppendOnlyFile {
  private let descriptor: Int32
  private let path: String

  /// Opens or creates a file and locks it.
  init(path: String) throws {
    self.path = path
    // The mode of new files, less what the umask takes.
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CommandError.output("\(path): \(SystemCalls.lastError)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      SystemCalls.close(descriptor)
      throw CommandError.output("\(path): another review is writing to it")
    }
  }

  deinit {
    SystemCalls.close(descriptor)
  }

  /// All that is in the file.
  func contents() throws -> [UInt8] {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure }
    var bytes: [UInt8] = []
    while true {
      let count = SystemCalls.read(descriptor, into: &bytes, count: 1 << 16)
      guard count >= 0 else { throw failure }
      if count == 0 { return bytes }
    }
  }

  /// Cuts the file off, where a line was torn.
  func truncate(to length: Int) throws {
    guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else { throw failure }
  }

  /// Appends bytes and waits until they are on the disk.
  func append(_ bytes: [UInt8]) throws {
    guard SystemCalls.write(descriptor, bytes), fsync(descriptor) == 0 else { throw failure }
  }

  private var failure: CommandError { .output("\(path): \(SystemCalls.lastError)") }
}
