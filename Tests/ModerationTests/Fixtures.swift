import Foundation

/// Small models that other tests' scripts made, and this package's own bundles.
enum Fixtures {
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let models = package.appending(path: "Tests/Fixtures/transformers/models")
  static let bundles = package.appending(path: "Weights")

  /// A folder that is gone when the test is over.
  final class Folder {
    let url: URL

    init() throws {
      url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func write(_ text: String, to path: String) throws {
      let file = url.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func copy(_ source: URL, to path: String) throws {
      let target = url.appending(path: path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: source, to: target)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
  }
}
