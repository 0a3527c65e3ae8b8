import Foundation

/// The built `moderate`, run as a process of its own.
enum CommandProcess {
  /// Beside the test bundle.
  static let path: String? = {
    let candidates = [
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(),
      Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
    ].map { $0.appending(path: "moderate").path }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  struct Missing: Error {}

  static func run(_ arguments: [String]) throws -> Result {
    guard let path else { throw Missing() }
    return try run(path, arguments)
  }

  static func run(_ path: String, _ arguments: [String]) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: neither stream can fill up while the other is read.
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "moderate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["output", "errors"].map { folder.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.runToEnd()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Result(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}

/// A small classifier with random weights and three labels, a, b and c.
final class SmallModel {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/transformers/models")
    for (fixture, file) in [
      ("mpnet-classifier-multi", "config.json"), ("mpnet-classifier-multi", "model.safetensors"),
    ] {
      try FileManager.default.copyItem(
        at: models.appending(path: "\(fixture)/\(file)"), to: folder.appending(path: file))
    }
    try FileManager.default.copyItem(
      at: models.deletingLastPathComponent().appending(path: "tokenizer-32.json"),
      to: folder.appending(path: "tokenizer.json"))
  }

  func file(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
