import Platform
import SystemPackage

/// Files that are written, and the names of files in messages.
enum FileOutput {
  /// Writes a file beside its place and moves it there, so that it appears whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .output("\(path): \(Errno.last)")
    }
  }

  static func write(_ text: String, to path: String) throws(CommandError) {
    try write(Array(text.utf8), to: path)
  }

  /// Calls `body`; what it throws is an error that names the file.
  @discardableResult
  static func naming<Result>(_ path: String, _ body: () throws -> Result) throws(CommandError)
    -> Result
  {
    do {
      return try body()
    } catch {
      throw .output("\(path): \(error)")
    }
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path == "-" ? "standard input" : URL(filePath: path).lastPathComponent
  }

  /// The last part of a path without its extension.
  static func stem(of path: String) -> String {
    path == "-" ? "standard input" : URL(filePath: path).deletingPathExtension().lastPathComponent
  }
}

extension FilePermissions {
  /// Of new files, less what the umask takes.
  static let newFile: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
}
