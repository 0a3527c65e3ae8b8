import SystemPackage

/// A file that grows line by line, each on the disk before the call returns. One process at a time
/// may have it open.
final class AppendOnlyFile {
  private let descriptor: FileDescriptor
  private let path: String

  /// Opens or creates a file and locks it.
  init(path: String) throws {
    self.path = path
    descriptor = try FileOutput.naming(path) {
      try .open(
        FilePath(path), .readWrite, options: [.create, .append, .closeOnExec],
        permissions: .newFile)
    }
    guard descriptor.lock() else {
      try? descriptor.close()
      throw CommandError.output("\(path): another review is writing to it")
    }
  }

  deinit { try? descriptor.close() }

  /// All that is in the file.
  func contents() throws -> [UInt8] {
    try InputFile(path: path).rest()
  }

  /// Cuts the file off, where a line was torn.
  func truncate(to length: Int) throws {
    try FileOutput.naming(path) {
      try descriptor.resize(to: Int64(length))
      try descriptor.synchronize()
    }
  }

  /// Appends bytes and waits until they are on the disk.
  func append(_ bytes: [UInt8]) throws {
    try FileOutput.naming(path) {
      try descriptor.writeAll(bytes)
      try descriptor.synchronize()
    }
  }
}
