import Foundation
import JSON
import TestSupport

/// The built `moderate`, run as a process of its own.
enum CommandProcess {
  /// SwiftPM builds the executable beside the tests that depend on it.
  static let path: String? = {
    let arguments = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    let folders = [Bundle.main.bundleURL] + arguments
    let candidates = folders.flatMap { folder in
      [folder, folder.deletingLastPathComponent()].map { $0.appending(path: "moderate").path }
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  struct Result {
    let code: Int32
    let output: String
    let errors: String

    /// The output as one JSON value a line.
    var lines: [JSONValue] {
      get throws {
        try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      }
    }
  }

  struct Missing: Error {}

  static func run(_ arguments: [String], input: String = "") throws -> Result {
    guard let path else { throw Missing() }
    return try run(path, arguments, input: input)
  }

  static func run(_ path: String, _ arguments: [String], input: String = "") throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    // Files, not pipes: neither stream can fill up while the other is read.
    let folder = try TemporaryFolder()
    try folder.write(input, to: "input")
    try folder.write("", to: "output")
    try folder.write("", to: "errors")
    let files = ["input", "output", "errors"].map { folder.url.appending(path: $0) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.runToEnd()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Result(code: process.terminationStatus, output: texts[1], errors: texts[2])
  }
}
