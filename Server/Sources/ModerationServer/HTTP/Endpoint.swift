import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import NIOHTTP1

/// How an API writes its errors, and where it looks for keys.
struct Dialect: Sendable {
  var api: API
  var takesKeyInQuery = false
  var render: @Sendable (RequestProblem) -> Answer
}

/// One route of an API.
struct Endpoint: Sendable {
  var method: HTTPRequest.Method
  var path: String
  var dialect: Dialect
  /// Whether it answers without a key.
  var isPublic = false
  var handle: @Sendable (Call) async throws -> Answer

  init(
    _ method: HTTPRequest.Method, _ path: String, _ dialect: Dialect, isPublic: Bool = false,
    handle: @escaping @Sendable (Call) async throws -> Answer
  ) {
    self.method = method
    self.path = path
    self.dialect = dialect
    self.isPublic = isPublic
    self.handle = handle
  }

  /// Answers a request: key, deadline, handler, and the API's own shape for what goes wrong.
  func respond(_ call: Call) async -> Answer {
    call.record.update {
      $0.api = dialect.api
      $0.route = path
    }
    do {
      try authorise(call)
      return try await Deadline.run(call.server.limits.request, call.record) {
        try await handle(call)
      }
    } catch {
      let problem = Self.problem(error)
      call.record.update { $0.problem = problem.code }
      return dialect.render(problem)
    }
  }

  private func authorise(_ call: Call) throws(RequestProblem) {
    let access = call.server.access
    let keys = access.keys
    guard !isPublic, !keys.isEmpty else { return }
    let shown = APIKeys.shown(in: call.request, inQuery: dialect.takesKeyInQuery)
    guard let name = shown.lazy.compactMap({ keys.name(of: $0) }).first else {
      throw RequestProblem(
        .unauthorized, shown.isEmpty ? "An API key is needed." : "The API key is not valid.")
    }
    call.record.update {
      $0.key = name
      $0.tenant = access.tenants[name]
    }
  }

  /// The problem that an error stands for.
  static func problem(_ error: any Error) -> RequestProblem {
    switch error {
    case let problem as RequestProblem: problem
    case let error as JSONError: error.problem
    case is CancellationError: RequestProblem(.unavailable, "The request was given up.")
    case is HTTPParserError: RequestProblem(.malformed, "The body's chunks cannot be read.")
    case is NIOTooManyBytesError: RequestProblem(.tooLarge, "The body is too large.")
    case let error as any HTTPResponseError where error.status == .contentTooLarge:
      RequestProblem(.tooLarge, "The body is too large.")
    default: RequestProblem(.model, "The server failed.")
    }
  }
}
