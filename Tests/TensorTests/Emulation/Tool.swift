import Dispatch
import Foundation

/// A program of this machine.
enum Tool {
  struct Result {
    let code: Int32
    let errors: String
  }

  /// Where it is: a path as it stands, a name along `PATH`.
  static func path(_ name: String) -> String? {
    if name.contains("/") { return name }
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
  }

  static func run(_ name: String, _ arguments: [String]) throws -> Result {
    guard let path = path(name) else {
      throw EmulatedCPU.Failure(description: "\(name) is not installed")
    }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let folder = TemporaryFolder()
    let errors = URL(filePath: folder.path("errors"))
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    // Not `waitUntilExit`, which turns the run loop of the calling thread.
    let end = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in end.signal() }
    try process.run()
    end.wait()
    let isSignal = process.terminationReason == .uncaughtSignal
    return Result(
      code: isSignal ? -process.terminationStatus : process.terminationStatus,
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

/// A folder that is gone with the last who knows it.
final class TemporaryFolder: Sendable {
  private let url: URL

  init() {
    url = FileManager.default.temporaryDirectory.appending(path: "kernels-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  deinit { try? FileManager.default.removeItem(at: url) }
}
