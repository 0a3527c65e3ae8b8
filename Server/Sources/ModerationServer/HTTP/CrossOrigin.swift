import HTTPTypes
import Hummingbird

/// Lets pages of the origins that are named call the server from a browser. Others get no header, and
/// their browsers keep the answers from them.
struct CrossOrigin: RouterMiddleware {
  typealias Context = ServerContext

  /// Origins such as `https://example.org`, or `*` for all.
  let origins: [String]

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard let origin = request.headers[.origin], origins.contains(origin) || origins.contains("*")
    else { return try await next(request, context) }
    var response: Response
    if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
      response = Response(status: .noContent)
      response.headers[.accessControlAllowMethods] = "GET, POST"
      response.headers[.accessControlAllowHeaders] =
        "authorization, content-type, x-api-key, x-request-id, traceparent"
      response.headers[.accessControlMaxAge] = "600"
    } else {
      response = try await next(request, context)
      response.headers[.accessControlExposeHeaders] = "x-request-id, retry-after"
    }
    response.headers[.accessControlAllowOrigin] = origin
    response.headers[.vary] = "Origin"
    return response
  }
}
