import Foundation

/// A reader under test.
struct Target {
  /// Whole inputs, from which the damaged ones are made.
  let seeds: [[UInt8]]
  var mend: ([UInt8]) -> [UInt8] = { $0 }
  /// Reads the input and uses what it gives. Errors are answers; their text is made too.
  private let read: ([UInt8]) throws -> Void

  init(
    seeds: [[UInt8]], mend: @escaping ([UInt8]) -> [UInt8] = { $0 },
    read: @escaping ([UInt8]) throws -> Void
  ) {
    self.seeds = seeds
    self.mend = mend
    self.read = read
  }

  func run(_ bytes: [UInt8]) {
    do { try read(bytes) } catch { precondition(!"\(error)".isEmpty) }
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}

/// Where the whole inputs lie, and where a reader of folders finds the damaged ones.
struct Materials {
  let root: URL
  let scratch: URL

  var fixtures: URL { root.appending(path: "Tests/Fixtures") }
  var corpus: URL { root.appending(path: "Tests/Fuzz/Corpus") }
  var models: URL { fixtures.appending(path: "transformers/models") }

  func files(_ folder: URL, where isWanted: (String) -> Bool = { _ in true }) throws -> [[UInt8]] {
    var result: [[UInt8]] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      let url = folder.appending(path: name)
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      guard !isFolder, isWanted("/" + name) else { continue }
      result.append([UInt8](try Data(contentsOf: url)))
    }
    guard !result.isEmpty else { throw Failure(description: "\(folder.path): no files") }
    return result
  }

  /// A folder with copies of files, for a reader of folders.
  func folder(_ name: String, with files: [URL] = []) throws -> URL {
    let folder = scratch.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files { try copy(file, to: folder.appending(path: file.lastPathComponent)) }
    return folder
  }

  func copy(_ file: URL, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(contentsOf: file).write(to: url)
  }
}

/// The readers, each in one of the files beside this one.
enum Targets {
  typealias Named = (name: String, make: @Sendable (Materials) throws -> Target)

  static let all: [Named] =
    texts + weights + heads + models + server
}
