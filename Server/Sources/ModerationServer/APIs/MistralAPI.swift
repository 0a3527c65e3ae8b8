import HTTPTypes
import JSON
import Moderation

/// Mistral's moderation and classification endpoints. Texts share their path with OpenAI's: a model whose
/// name begins with `mistral-` gets this answer.
enum MistralAPI {
  /// `{"detail": [{"loc", "msg", "type"}]}` with 422 for what is wrong with a request.
  static let dialect = Dialect(api: .mistral, render: render)

  static let endpoints = [
    Endpoint(.post, "/v1/chat/moderations", dialect) { call in
      try await moderate(chats: try await call.json(), call)
    },
    Endpoint(.post, "/v1/classifications", dialect) { call in
      let body = try await call.json()
      return try await classify(try texts(body).map { [$0] }, body, call)
    },
    Endpoint(.post, "/v1/chat/classifications", dialect) { call in
      let body = try await call.json()
      return try await classify(try conversations(body), body, call)
    },
  ]

  /// The answer to `/v1/moderations`.
  static func moderate(_ body: JSONValue, _ call: Call) async throws -> Answer {
    call.record.update { $0.api = .mistral }
    do {
      return try await moderate(try texts(body).map { [$0] }, body, call)
    } catch {
      return render(Endpoint.problem(error))
    }
  }

  private static func moderate(chats body: JSONValue, _ call: Call) async throws -> Answer {
    try await moderate(try conversations(body), body, call)
  }

  // MARK: Requests

  static func texts(_ body: JSONValue) throws -> [String] {
    if case .string(let text)? = body["input"] { return [text] }
    let texts = try body.strings("input")
    guard !texts.isEmpty else {
      throw RequestProblem(.empty, "The input is empty.", parameter: "input")
    }
    return texts
  }

  /// The messages of each conversation: one conversation, or a list of them.
  static func conversations(_ body: JSONValue) throws -> [[String]] {
    let input = try body.array("input")
    let areMany = input.first?.kind == .array
    return try (areMany ? input.map { try $0.array() } : [input]).map { messages in
      guard !messages.isEmpty else {
        throw RequestProblem(.empty, "A conversation is empty.", parameter: "input")
      }
      return try messages.map(content)
    }
  }

  /// A message's text: a string, or the text chunks of a list.
  private static func content(_ message: JSONValue) throws -> String {
    _ = try message.optionalString("role")
    guard case .array(let chunks)? = message["content"] else {
      return try message.string("content")
    }
    return try chunks.map { chunk in
      guard chunk["type"] == "text" else {
        throw RequestProblem(.invalid, "Only chunks of text can be judged.", parameter: "input")
      }
      return try chunk.string("text")
    }.joined(separator: "\n")
  }

  // MARK: Answers

  /// The last message of each conversation is judged, as Mistral does; models here read one message.
  private static func verdicts(_ conversations: [[String]], _ model: LoadedModel, _ call: Call)
    async throws -> [Verdict]
  {
    try call.checkCount(conversations.count, parameter: "input")
    let messages = conversations.map { Message($0.last ?? "") }
    return try await call.verdicts(on: messages, by: model, parameter: { "input[\($0)]" })
  }

  private static func moderate(_ conversations: [[String]], _ body: JSONValue, _ call: Call)
    async throws -> Answer
  {
    let name = try body.string("model")
    let model = call.modelOrFirst(named: name)
    let verdicts = try await verdicts(conversations, model, call)
    let results = verdicts.map { result(of: $0, bundle: model.moderator.bundle) }
    let tokens = JSONNumber(verdicts.reduce(0) { $0 + $1.tokenCount })
    return Answer([
      "id": .string(call.record.requestID), "model": .string(name), "results": .array(results),
      "usage": [
        "prompt_tokens": .number(tokens), "completion_tokens": 0, "total_tokens": .number(tokens),
      ],
    ])
  }

  /// Mistral's names where the model has labels for them, then the model's own labels.
  static func result(of verdict: Verdict, bundle: ModerationBundle) -> JSONValue {
    var (flags, scores) = (JSONObject(), JSONObject())
    for entry in APITable.entries("mistral", of: bundle) {
      let score = entry.score(in: verdict)
      flags[entry.name] = .bool(entry.isFlagged(in: verdict))
      scores[entry.name] = .number(JSONNumber(score.isNaN ? 0 : Float(score)))
    }
    for label in verdict.labels where flags[label.name] == nil {
      flags[label.name] = .bool(label.isFlagged)
      scores[label.name] = .number(JSONNumber(label.score.isNaN ? 0 : label.score))
    }
    return ["categories": .object(flags), "category_scores": .object(scores)]
  }

  /// Scores of the model's own labels, as the target `moderation`.
  private static func classify(_ conversations: [[String]], _ body: JSONValue, _ call: Call)
    async throws -> Answer
  {
    let name = try body.string("model")
    let model = call.modelOrFirst(named: name)
    let results = try await verdicts(conversations, model, call).map { verdict -> JSONValue in
      var scores = JSONObject()
      for label in verdict.labels {
        scores[label.name] = .number(JSONNumber(label.score.isNaN ? 0 : label.score))
      }
      return ["moderation": ["scores": .object(scores)]]
    }
    return Answer([
      "id": .string(call.record.requestID), "model": .string(name), "results": .array(results),
    ])
  }

  static let render: @Sendable (RequestProblem) -> Answer = { problem in
    switch problem.kind {
    case .invalid, .empty, .malformed:
      var place: [JSONValue] = ["body"]
      if let parameter = problem.parameter { place.append(.string(parameter)) }
      return Answer(
        [
          "detail": [
            [
              "loc": .array(place), "msg": .string(problem.message), "type": .string(problem.code),
            ]
          ]
        ], status: 422)
    default:
      return Answer(
        ["object": "error", "message": .string(problem.message), "type": .string(problem.code)],
        status: problem.status, headers: problem.retryHeaders)
    }
  }
}
