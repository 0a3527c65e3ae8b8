import FoundationEssentials

/// Files that appear whole or not at all.
enum FileOutput {
  /// Writes a file beside its place and moves it there.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandError.output("\(path): \(SystemCalls.lastError)")
    }
  }

  static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
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
