import HTTPTypes
import Hummingbird
import Logging

/// Puts the routes of all APIs into a router.
enum RouterBuilder {
  static func router(_ endpoints: [Endpoint], _ server: ServerState, logger: Logger) -> Router<
    ServerContext
  > {
    let router = Router(context: ServerContext.self)
    if !server.corsOrigins.isEmpty {
      router.add(middleware: CrossOrigin(origins: server.corsOrigins))
    }
    router.add(middleware: RequestLog(server: server, logger: logger))
    for (path, methods) in Dictionary(grouping: endpoints, by: \.path) {
      for endpoint in methods {
        router.on(RouterPath(path), method: endpoint.method) { request, context in
          try await respond(endpoint, request, context, server)
        }
      }
      refuseOtherMethods(path, methods, router, server)
    }
    return router
  }

  private static func respond(
    _ endpoint: Endpoint, _ request: Request, _ context: ServerContext, _ server: ServerState
  ) async throws -> Response {
    let record = RequestLog.current ?? RequestRecord(request)
    let call = Call(request: request, context: context, server: server, record: record)
    return await endpoint.respond(call).response
  }

  /// 405 with `Allow` for the methods that a path does not have.
  private static func refuseOtherMethods(
    _ path: String, _ endpoints: [Endpoint], _ router: Router<ServerContext>, _ server: ServerState
  ) {
    let allowed = endpoints.map(\.method)
    let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
    let others = ["QUERY", "CONNECT"].compactMap { HTTPRequest.Method($0) }
    let all: [HTTPRequest.Method] =
      others + [.get, .head, .post, .put, .patch, .delete, .options, .trace]
    for method in all
    where !allowed.contains(method) && !(method == .head && allowed.contains(.get)) {
      guard let dialect = endpoints.first?.dialect else { continue }
      router.on(RouterPath(path), method: method) { _, _ -> Response in
        RequestLog.current?.update {
          $0.api = dialect.api
          $0.route = path
        }
        var answer = dialect.render(
          RequestProblem(.methodNotAllowed, "The path takes \(names)."))
        answer.status = 405
        answer.headers.append((.allow, names))
        return answer.response
      }
    }
    if allowed.contains(.get), !allowed.contains(.head),
      let get = endpoints.first(where: { $0.method == .get })
    {
      router.on(RouterPath(path), method: .head) { request, context in
        try await respond(get, request, context, server).createHeadResponse()
      }
    }
  }
}
