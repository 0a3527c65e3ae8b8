import Platform
import SystemPackage

/// Files and folders of models.
enum FileSystem {
  /// Reads a file piece by piece, so that memory stays flat however large it is.
  static func forEachPiece(of url: URL, size: Int = 1 << 16, _ body: (ArraySlice<UInt8>) -> Void)
    throws(ModerationError)
  {
    do {
      let file = try FileDescriptor.open(
        FilePath(url.path), .readOnly, options: .closeOnExec)
      try file.closeAfter {
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
          let count = unsafe try buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { break }
          body(buffer[..<count])
        }
      }
    } catch let error as Errno {
      throw .unreadable(file: url.path, reason: reason(error))
    } catch {
      throw .unreadable(file: url.path, reason: "\(error)")
    }
  }

  static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  static func isFolder(_ url: URL) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory
  }

  private static func reason(_ error: Errno) -> String {
    switch error {
    case .noSuchFileOrDirectory: "no such file"
    case .permissionDenied: "no permission to read it"
    default: error.description
    }
  }
}
