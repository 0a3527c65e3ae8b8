package import Foundation

/// A file in a folder of its own, which is removed when the test is over.
package final class TemporaryFile {
  package let folder: TemporaryFolder
  package let url: URL

  package init(_ bytes: some Sequence<UInt8>, name: String = "input.txt") throws {
    folder = try TemporaryFolder()
    url = folder.url.appending(path: name)
    try folder.write(bytes, to: name)
  }

  package convenience init(_ text: String, name: String = "input.txt") throws {
    try self.init(Array(text.utf8), name: name)
  }

  package var path: String { url.path(percentEncoded: false) }
}
