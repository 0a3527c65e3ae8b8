import HTTPTypes
import JSON
import Moderation

/// `POST /v1/moderate`: one message, many, a comment with its replies, or a stream of JSON Lines.
///
/// An answer has the whole verdict, as `moderate classify` prints it, and an error an item: a message
/// that cannot be judged does not take the others with it.
enum NativeAPI {
  /// `{"error": {"code", "message", "param"}}`
  static let dialect = Dialect(api: .native) { problem in
    var error = JSONObject()
    error["code"] = .string(problem.code)
    error["message"] = .string(problem.message)
    if let parameter = problem.parameter { error["param"] = .string(parameter) }
    return Answer(
      ["error": .object(error)], status: problem.status, headers: problem.retryHeaders)
  }

  static let endpoints = [Endpoint(.post, "/v1/moderate", dialect, handle: moderate)]

  /// What is asked for beside the messages.
  struct Options: Equatable {
    var model: String?
    /// Whether sentences are scored as well.
    var spans = false
  }

  private static let moderate: @Sendable (Call) async throws -> Answer = { call in
    switch call.mediaType {
    case nil, "application/json": break
    case "application/x-ndjson", "application/jsonl", "application/x-jsonlines":
      return try NativeStream.answer(call)
    default:
      throw RequestProblem(
        .mediaType, "The body is to be application/json or application/x-ndjson.")
    }
    let body = try await call.json()
    var options = try options(body)
    options.model = options.model ?? call.query("model")
    if try spans(call) == true { options.spans = true }
    let model = try call.model(named: options.model)
    let isMany = body.kind == .array || body["messages"] != nil
    let items = try isMany ? list(body) : [body]
    try call.checkCount(items.count, parameter: "messages")
    let results = try await judge(items, options, by: model, call)
    guard isMany else { return try one(results[0]) }
    return Answer([
      "model": .string(model.name),
      "results": .array(results.map { (try? $0.get()) ?? errorJSON($0) }),
    ])
  }

  /// Whether the query asks for sentences; nil: it says nothing.
  static func spans(_ call: Call) throws(RequestProblem) -> Bool? {
    switch call.query("spans") {
    case nil: nil
    case "true": true
    case "false": false
    default: throw RequestProblem(.invalid, "It is true or false.", parameter: "spans")
    }
  }

  /// The options of a body; an array of messages has none.
  static func options(_ body: JSONValue) throws(RequestProblem) -> Options {
    guard body.kind == .object else { return Options() }
    do {
      return Options(
        model: try body.optionalString("model"), spans: try body.optionalBool("spans") ?? false)
    } catch {
      throw error.problem
    }
  }

  private static func list(_ body: JSONValue) throws(RequestProblem) -> [JSONValue] {
    do {
      return try body.kind == .array ? body.array() : body.array("messages")
    } catch {
      throw error.problem
    }
  }

  private static func one(_ result: Result<JSONValue, RequestProblem>) throws -> Answer {
    Answer(try result.get())
  }

  /// The results of comments, each with its replies, in one piece of work.
  static func judge(
    _ items: [JSONValue], _ options: Options, by model: LoadedModel, _ call: Call,
    waits: Bool = false
  ) async throws -> [Result<JSONValue, RequestProblem>] {
    let comments = items.map { item in
      Result { () throws(RequestProblem) in try Comment(item, limits: call.server.limits, model) }
    }
    let nodes = comments.flatMap { (try? $0.get())?.nodes ?? [] }
    let plans = nodes.map { SpanPlan($0.message, isWanted: options.spans) }
    var found = try await call.judge(plans.flatMap(\.messages), by: model, waits: waits)[...]
    var judged = plans.map { plan in
      let own = Array(found.prefix(plan.messages.count))
      found = found.dropFirst(own.count)
      return plan.json(own)
    }[...]
    return comments.map { comment in
      comment.map { comment in
        let own = Array(judged.prefix(comment.nodes.count))
        judged = judged.dropFirst(own.count)
        return comment.json(own)
      }
    }
  }

  static func errorJSON(_ result: Result<JSONValue, RequestProblem>) -> JSONValue {
    guard case .failure(let problem) = result else { return .null }
    return ["error": errorJSON(problem)]
  }

  static func errorJSON(_ problem: RequestProblem) -> JSONValue {
    ["code": .string(problem.code), "message": .string(problem.message)]
  }
}
