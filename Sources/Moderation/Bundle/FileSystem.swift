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

  static func isFolder(_ url: URL) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory
  }

  /// The files in a folder and in the folders below it, links to folders among them. Hidden ones are left
  /// out. A folder that cannot be read has none.
  static func files(in folder: URL) -> [URL] {
    files(in: folder, depth: 0)
  }

  private static func files(in folder: URL, depth: Int) -> [URL] {
    // A link may lead back to where it lies.
    guard depth < 20,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    return names.filter { !$0.hasPrefix(".") }.flatMap { name in
      let url = folder.appending(path: name)
      return isFolder(url) ? files(in: url, depth: depth + 1) : [url]
    }
  }

  private static func reason(_ error: Errno) -> String {
    switch error {
    case .noSuchFileOrDirectory: "no such file"
    case .permissionDenied: "no permission to read it"
    default: error.description
    }
  }
}
