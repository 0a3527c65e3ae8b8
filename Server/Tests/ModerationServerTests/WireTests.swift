import Foundation
import Testing

@testable import ModerationServer

/// The server as a process: signals, hostile clients, limits on connections.
@Suite(.serialized) struct WireTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(_ arguments: String...) async throws -> ServerProcess {
    try await ServerProcess(["--model", try models.classifier().path] + arguments)
  }

  @Test func `SIGTERM under load: what was taken is answered, and the process ends`() async throws {
    let server = try await server("--max-queued-tokens", "1000000")
    let text = String(repeating: "the cat ", count: 2000)
    let replies = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<40 { group.addTask { (try? await server.moderate(text)) ?? "" } }
      var replies: [String] = []
      for try await reply in group {
        replies.append(reply)
        // The others wait, or are on their way.
        if replies.count == 3 { server.kill(SIGTERM) }
      }
      return replies
    }
    #expect(try await server.exitStatus(within: .seconds(10)) == 0)
    // A connection that came too late is refused or closed; none gets half an answer.
    for reply in replies where !reply.isEmpty {
      #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n") && reply.hasSuffix("}"))
    }
    #expect(replies.contains { !$0.isEmpty })
  }

  @Test func `A stuck client does not hold the process longer than the limit`() async throws {
    let server = try await server("--drain-timeout", "1")
    async let stuck = server.exchange(
      ["POST /v1/moderate HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"te"])
    try await Task.sleep(for: .milliseconds(300))
    server.kill(SIGTERM)
    #expect(try await server.exitStatus(within: .seconds(8)) == 0)
    _ = try? await stuck
  }

  @Test func `SIGHUP while requests come: no error, and the new digest`() async throws {
    let folder = try models.classifier(threshold: 1)
    let server = try await ServerProcess(["--model", folder.path])
    let file = folder.appending(path: "moderation.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(try await server.moderate("the cat").contains("\"flagged\":false"))
    try models.write(text.replacing("\"threshold\": 1.0", with: "\"threshold\": 0"), to: file)
    let replies = try await withThrowingTaskGroup(of: String.self) { group in
      for index in 0..<60 {
        group.addTask { try await server.moderate("the cat") }
        if index == 20 { server.kill(SIGHUP) }
        try await Task.sleep(for: .milliseconds(5))
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(replies.allSatisfy { $0.hasPrefix("HTTP/1.1 200") })
    for _ in 0..<100 where !server.log.contains(where: { $0.contains("\"reloaded\"") }) {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(server.log.contains { $0.contains("\"reloaded\"") })
    #expect(try await server.moderate("the cat").contains("\"flagged\":true"))
    // A bundle that cannot be read changes nothing.
    try models.write("{", to: file)
    server.kill(SIGHUP)
    for _ in 0..<100 where !server.log.contains(where: { $0.contains("not reloaded") }) {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(server.log.contains { $0.contains("not reloaded") })
    #expect(try await server.moderate("the cat").contains("\"flagged\":true"))
  }

  @Test func `Slow headers, a slow body and an idle connection are closed`() async throws {
    let server = try await server("--idle-timeout", "1", "--request-timeout", "1.5")
    let headers = try await server.exchange(
      ["GET /health HTTP/1.1\r\n"] + Array(repeating: "X-A: b\r\n", count: 8),
      pause: .milliseconds(300), limit: .seconds(6))
    #expect(headers.isClosed && !headers.text.contains("200 OK"))
    let body = try await server.exchange(
      ["POST /v1/moderate HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"]
        + Array(repeating: "{", count: 12), pause: .milliseconds(300), limit: .seconds(8))
    #expect(body.text.hasPrefix("HTTP/1.1 408"))
    let idle = try await server.exchange([], limit: .seconds(5))
    #expect(idle.isClosed && idle.text.isEmpty)
    #expect(try await server.moderate("the cat").hasPrefix("HTTP/1.1 200"))
  }

  @Test(arguments: [
    ("GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 400"), ("\u{1}\u{2}\r\n\r\n", "HTTP/1.1 400"),
    ("GET /health HTTP/1.1\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n", "HTTP/1.1 4"),
    (
      "GET /health HTTP/1.1\r\n\((0..<300).map { "X\($0): a\r\n" }.joined())\r\n", "HTTP/1.1 4"
    ),
    (
      "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 400"
    ),
    (
      "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
      "HTTP/1.1 400"
    ),
    (
      "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nd\n{\"text\":\"hi\"}\n0\n\n",
      "HTTP/1.1 400"
    ),
    (
      "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff1\r\n{}\r\n0\r\n\r\n",
      "HTTP/1.1 400"
    ),
  ])
  func `What is no request is answered and closed, and others go on`(
    request: String, status: String
  )
    async throws
  {
    let server = try await server()
    let reply = try await server.exchange([request], limit: .seconds(5))
    #expect(reply.text.hasPrefix(status))
    #expect(try await server.moderate("the cat").hasPrefix("HTTP/1.1 200"))
  }

  @Test func `A body of 100 MB is refused by its length, and one without a length by its size`()
    async throws
  {
    let server = try await server()
    let announced = try await server.exchange(
      ["POST /v1/moderate HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n{"],
      limit: .seconds(3))
    #expect(announced.text.hasPrefix("HTTP/1.1 413"))
    let chunk = "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n"
    let chunked = try await server.exchange(
      ["POST /v1/moderate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"]
        + Array(repeating: chunk, count: 4), limit: .seconds(3))
    #expect(chunked.text.hasPrefix("HTTP/1.1 413"))
    #expect(try await server.moderate("the cat").hasPrefix("HTTP/1.1 200"))
  }

  @Test func `A setting that cannot be used ends the process with a sentence`() async throws {
    await #expect(throws: ServerProcess.Missing.self) { try await self.server("--threads", "0") }
    await #expect(throws: ServerProcess.Missing.self) {
      try await ServerProcess(["--model", "/nowhere"])
    }
  }
}
