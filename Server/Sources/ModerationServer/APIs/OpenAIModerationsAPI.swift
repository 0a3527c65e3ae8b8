import HTTPTypes
import JSON
import Moderation

/// OpenAI's `POST /v1/moderations`, and Mistral's, which has the same path.
enum OpenAIModerationsAPI {
  /// `{"error": {"message", "type", "param", "code"}}`
  static let dialect = Dialect(api: .openai, render: render)

  static let endpoints = [
    Endpoint(.post, "/v1/moderations", dialect) { call in
      let body = try await call.json()
      if case .string(let model)? = body["model"], model.hasPrefix("mistral-") {
        return try await MistralAPI.moderate(body, call)
      }
      return try await moderate(try Request(body), call)
    }
  ]

  /// The 13 categories that every answer has, whatever the model's labels are.
  static let categories = [
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit",
    "illicit/violent", "self-harm", "self-harm/instructions", "self-harm/intent", "sexual",
    "sexual/minors", "violence", "violence/graphic",
  ]

  /// Texts to judge: one result each, or one for all parts together.
  struct Request: Equatable {
    var model: String?
    var texts: [String]
    /// Whether the texts are parts of one message.
    var areParts = false

    init(_ body: JSONValue) throws {
      model = try body.optionalString("model")
      switch try body.value("input") {
      case .string(let text): texts = [text]
      case .array(let elements) where elements.isEmpty:
        throw RequestProblem(.empty, "The input is empty.", parameter: "input")
      case .array(let elements) where elements.allSatisfy({ $0.kind == .object }):
        texts = []
        areParts = true
        for (index, part) in elements.enumerated() { texts.append(try Self.part(part, index)) }
      default: texts = try body.strings("input")
      }
    }

    /// The text of a part. Images are refused: to pass over one would be to say that it is harmless.
    private static func part(_ part: JSONValue, _ index: Int) throws -> String {
      let type = try part.string("type")
      guard type == "text" else {
        throw RequestProblem(
          .invalid, "Parts of type \"\(type)\" cannot be judged, only text.",
          parameter: "input[\(index)].type")
      }
      return try part.string("text")
    }
  }

  private static func moderate(_ request: Request, _ call: Call) async throws -> Answer {
    let model = call.modelOrFirst(named: request.model)
    try call.checkCount(request.texts.count, parameter: "input")
    let verdicts = try await call.verdicts(
      on: request.texts.map { Message($0) }, by: model, parameter: { "input[\($0)]" })
    let results =
      request.areParts
      ? [result(of: verdicts, bundle: model.moderator.bundle)]
      : verdicts.map { result(of: [$0], bundle: model.moderator.bundle) }
    return Answer([
      "id": .string("modr-" + call.record.requestID), "model": .string(model.name),
      "results": .array(results),
    ])
  }

  /// One result, from the verdicts on the parts of a message: a score is the highest of the parts'. The
  /// 13 categories, then the model's own labels under their names.
  static func result(of verdicts: [Verdict], bundle: ModerationBundle) -> JSONValue {
    let entries = APITable.entries("openai", of: bundle)
    var (flags, scores, types) = (JSONObject(), JSONObject(), JSONObject())
    for category in categories {
      let entry = entries.first { $0.name == category }
      let score = entry.map { entry in verdicts.map { entry.score(in: $0) }.max() ?? 0 } ?? 0
      // A client may want a number for each: what is not known to be harmful scores 0.
      scores[category] = .number(JSONNumber(score.isNaN ? 0 : Float(score)))
      flags[category] = .bool(
        entry.map { entry in verdicts.contains { entry.isFlagged(in: $0) } } ?? false)
      types[category] = entry == nil ? [] : ["text"]
    }
    for label in bundle.labels where flags[label.name] == nil {
      let own = verdicts.compactMap { $0[label.name] }
      scores[label.name] = .score(own.map(\.score).max() ?? 0)
      flags[label.name] = .bool(own.contains(where: \.isFlagged))
      types[label.name] = ["text"]
    }
    return [
      "flagged": .bool(verdicts.contains(where: \.isFlagged)), "categories": .object(flags),
      "category_scores": .object(scores), "category_applied_input_types": .object(types),
    ]
  }

  /// OpenAI's errors. Its clients try again by status and by `x-should-retry`.
  static let render: @Sendable (RequestProblem) -> Answer = { problem in
    let type =
      switch problem.kind {
      case .overloaded: "rate_limit_error"
      case .unavailable, .model, .bodyTimeout: "server_error"
      default: "invalid_request_error"
      }
    let error: JSONValue = [
      "message": .string(problem.parameter.map { "\($0): \(problem.message)" } ?? problem.message),
      "type": .string(type), "param": problem.parameter.map(JSONValue.string) ?? .null,
      "code": .string(problem.code),
    ]
    var headers = problem.retryHeaders
    // A model that failed once on a text fails on it again.
    if problem.kind == .model { headers.append((.shouldRetry, "false")) }
    return Answer(["error": error], status: problem.status, headers: headers)
  }
}
