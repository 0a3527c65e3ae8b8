import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import ModerationServer

/// A server without a socket: requests go to its router.
final class InProcess: Sendable {
  let state: ServerState
  private let responder: any HTTPResponder<ServerContext>
  private let logger: Logger
  /// One for all requests: only closing frees a channel.
  private let channel = NIOAsyncTestingChannel()
  private let lines: Lines

  final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    func json() throws -> JSONValue { try JSONValue(parsing: bytes) }

    init(_ response: Response) async throws {
      let collector = Collector()
      try await response.body.write(collector)
      status = response.status.code
      headers = response.headers
      bytes = collector.bytes.withLock { $0 }
    }
  }

  /// - Parameter level: the lowest of the log's lines that are kept
  init(_ state: ServerState, level: Logger.Level = .debug) {
    self.state = state
    let lines = Lines()
    self.lines = lines
    logger = Logger(label: "test") {
      JSONLogHandler(label: $0, level: level) { line in lines.all.withLock { $0.append(line) } }
    }
    responder = RouterBuilder.router(Endpoints.all, state, logger: logger).buildResponder()
  }

  /// The lines of the log so far.
  var log: [String] { lines.all.withLock { $0 } }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
    try await send(.get, path, "", headers)
  }

  func post(_ path: String, _ body: String, headers: [String: String] = [:]) async throws -> Reply {
    var headers = headers
    if headers["content-type"] == nil { headers["content-type"] = "application/json" }
    return try await send(.post, path, body, headers)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String, _ headers: [String: String]
  ) async throws -> Reply {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    let head = HTTPRequest(
      method: method, scheme: "http", authority: "moderate.test", path: path, headerFields: fields)
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
    let context = ServerContext(
      source: ApplicationRequestContextSource(channel: channel, logger: logger))
    return try await Reply(try await responder.respond(to: request, context: context))
  }

  private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws {
      bytes.withLock { $0 += Array(buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }
}
