import HTTPTypes
import Hummingbird
import Logging

/// Gives each request its ids, and writes one line about it when it is answered.
///
/// The line has the route's pattern and not the path, and neither query, text nor key.
struct RequestLog: RouterMiddleware {
  typealias Context = ServerContext

  let server: ServerState
  let logger: Logger

  @TaskLocal static var current: RequestRecord?

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let record = RequestRecord(request)
    var response: Response
    do {
      response = try await Self.$current.withValue(record) { try await next(request, context) }
    } catch let error as any HTTPResponseError {
      let problem =
        error.status == .notFound
        ? RequestProblem(.notFound, "There is nothing at this path.")
        : RequestProblem(.malformed, "The request cannot be read.")
      response = NativeAPI.dialect.render(problem).response
    }
    response.headers[.requestID] = record.requestID
    response.headers[.traceparent] = record.trace.header
    let (method, status) = (request.method, response.status.code)
    guard response.body.contentLength == nil else {
      finish(record, method, status, since: start)
      return response
    }
    // A stream is answered when its last line is written.
    let body = response.body
    response.body = ResponseBody { writer in
      defer { finish(record, method, status, since: start) }
      try await body.write(writer)
    }
    return response
  }

  private func finish(
    _ record: RequestRecord, _ method: HTTPRequest.Method, _ status: Int,
    since start: ContinuousClock.Instant
  ) {
    let duration = ContinuousClock.now - start
    let values = record.current
    server.metrics.answered(values, status: status, in: duration)
    // Probes come every few seconds and say nothing.
    let level: Logger.Level = values.api == .server && status < 400 ? .debug : .info
    logger.log(
      level: level, "request", metadata: Self.metadata(record, values, method, status, duration))
  }

  private static func metadata(
    _ record: RequestRecord, _ values: RequestRecord.Values, _ method: HTTPRequest.Method,
    _ status: Int, _ duration: Duration
  ) -> Logger.Metadata {
    func milliseconds(_ duration: Duration) -> Logger.MetadataValue {
      .stringConvertible(((duration / .milliseconds(1)) * 1000).rounded() / 1000)
    }
    let known: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    var metadata: Logger.Metadata = [
      "request_id": "\(record.requestID)", "trace_id": "\(record.trace.traceID)",
      "span_id": "\(record.trace.spanID)", "api": "\(values.api.rawValue)",
      "method": "\(known.contains(method.rawValue) ? method.rawValue : "other")",
      "status": .stringConvertible(status), "duration_ms": milliseconds(duration),
    ]
    if !values.route.isEmpty { metadata["route"] = "\(values.route)" }
    if let model = values.model { metadata["model"] = "\(model)" }
    if let key = values.key { metadata["key"] = "\(key)" }
    if let problem = values.problem { metadata["problem"] = "\(problem)" }
    if values.bytes > 0 { metadata["bytes"] = .stringConvertible(values.bytes) }
    if values.items > 0 {
      metadata["items"] = .stringConvertible(values.items)
      metadata["queue_ms"] = milliseconds(values.times.queue)
      metadata["inference_ms"] = milliseconds(values.times.inference)
    }
    return metadata
  }
}
