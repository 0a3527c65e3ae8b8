import Foundation

/// A file that is gone when the test is over.
final class TemporaryFile {
  let url: URL

  init(_ bytes: some Sequence<UInt8>, name: String = "input.txt") throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appending(path: name)
    try Data(bytes).write(to: url)
  }

  convenience init(_ text: String, name: String = "input.txt") throws {
    try self.init(Array(text.utf8), name: name)
  }

  var path: String { url.path(percentEncoded: false) }

  deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
}
