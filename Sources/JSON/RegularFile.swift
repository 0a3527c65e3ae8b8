package import SystemPackage

/// Opening of a model's files. Each must be a regular file: a pipe in its place would be waited for, and
/// a device may have no end.
package enum RegularFile {
  /// Bytes of a file that is read whole: vocabularies take up to 40 MB, large ensembles of trees more.
  package static let largest = 1 << 30

  /// Opens a file and says how many bytes it has. The caller closes it.
  package static func open(
    _ path: String
  ) throws(FileContent.Unreadable) -> (descriptor: FileDescriptor, byteCount: Int) {
    let descriptor: FileDescriptor
    do {
      // Without waiting for the other end of a pipe, which then is refused.
      descriptor = try FileDescriptor.open(
        FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch { throw FileContent.Unreadable(reason: reason(error)) }
    do {
      let status = try descriptor.stat()
      guard status.type == .regular else {
        throw FileContent.Unreadable(reason: "not a regular file")
      }
      return (descriptor, Int(status.size))
    } catch {
      try? descriptor.close()
      throw error as? FileContent.Unreadable ?? FileContent.Unreadable(reason: reason(error))
    }
  }

  /// The bytes of a file, of which there may be at most ``largest``.
  static func bytes(_ path: String) throws(FileContent.Unreadable) -> [UInt8] {
    let (descriptor, count) = try open(path)
    defer { try? descriptor.close() }
    guard count <= largest else {
      throw FileContent.Unreadable(reason: "\(count) bytes; at most \(largest) are read")
    }
    do {
      return unsafe try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let buffer = UnsafeMutableRawBufferPointer(buffer)
        while filled < count {
          let read = unsafe try descriptor.read(
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
          if read == 0 { break }
          filled += read
        }
      }
    } catch { throw FileContent.Unreadable(reason: reason(error)) }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? Errno {
    case .noSuchFileOrDirectory: "no such file"
    case .permissionDenied: "no permission to read it"
    default: "\(error)"
    }
  }
}
