import Foundation
import JSON
import NIOCore
import NIOPosix
import Synchronization

/// `moderate-server` as a process of its own, on a free port.
final class ServerProcess: Sendable {
  private let process: Process
  private let logFile: URL
  let port: Int

  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  /// The lines of its log.
  var log: [String] { Self.lines(of: logFile) }

  private static func lines(of file: URL) -> [String] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// The program that the package manager built beside the tests.
  private static var program: URL {
    get throws {
      var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      for _ in 0..<4 {
        let program = folder.appending(path: "moderate-server")
        if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        folder.deleteLastPathComponent()
      }
      throw Missing()
    }
  }

  struct Missing: Error {}

  init(_ arguments: [String]) async throws {
    let process = Process()
    process.executableURL = try Self.program
    process.arguments = ["--port", "0", "--threads", "1"] + arguments
    let file = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: file)
    try process.run()
    self.process = process
    logFile = file
    // "[IPv4]127.0.0.1/127.0.0.1:40123"
    for _ in 0..<1200 {
      let line = Self.lines(of: file).first { $0.contains("\"listening\"") }
      if let line, let address = try JSONValue(parsing: line)["address"],
        case .string(let text) = address,
        let port = text.split(separator: ":").last.flatMap({ Int($0) })
      {
        self.port = port
        return
      }
      guard process.isRunning else { throw Missing() }
      try await Task.sleep(for: .milliseconds(50))
    }
    process.terminate()
    throw Missing()
  }

  deinit {
    if process.isRunning { kill(SIGKILL) }
    try? FileManager.default.removeItem(at: logFile)
  }

  func kill(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }

  /// The exit status, or nil when it still runs after `limit`.
  func exitStatus(within limit: Duration) async throws -> Int32? {
    let end = ContinuousClock.now + limit
    while process.isRunning {
      guard ContinuousClock.now < end else { return nil }
      try await Task.sleep(for: .milliseconds(20))
    }
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  /// Sends bytes as they are, and reads until the server closes or `limit` is over.
  ///
  /// - Parameter pieces: are sent one after the other, with `pause` between
  func exchange(
    _ pieces: [String], pause: Duration = .zero, limit: Duration = .seconds(10)
  ) async throws -> (text: String, isClosed: Bool) {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let received = Lines()
    let isClosed = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await channel.executeThenClose { inbound, outbound in
          for piece in pieces {
            do { try await outbound.write(ByteBuffer(string: piece)) } catch { break }
            try await Task.sleep(for: pause)
          }
          do {
            for try await buffer in inbound {
              received.all.withLock { $0.append(String(buffer: buffer)) }
            }
          } catch is IOError {}
          return true
        }
      }
      group.addTask {
        try await Task.sleep(for: limit)
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
    return (received.all.withLock { $0.joined() }, isClosed)
  }

  /// A request of the native API on a connection of its own.
  func moderate(_ text: String) async throws -> String {
    let body = "{\"text\": \"\(text)\"}"
    return try await exchange([
      "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    ]).text
  }
}
