import HTTPTypes
import JSON
import Moderation

/// The routes of text-embeddings-inference, all but rerank and sparse embeddings.
enum TEIAPI {
  static let dialect = Dialect(api: .tei, render: TEIErrors.render)

  static let endpoints: [Endpoint] = [
    Endpoint(.post, "/predict", dialect, handle: TEIPredict.answer),
    Endpoint(.post, "/embed", dialect, handle: TEIEmbed.embed),
    Endpoint(.post, "/embed_all", dialect, handle: TEIEmbed.embedAll),
    Endpoint(.post, "/similarity", dialect, handle: TEIEmbed.similarity),
    Endpoint(.post, "/embeddings", openAIDialect, handle: OpenAIEmbeddingsAPI.embed),
    Endpoint(.post, "/tokenize", dialect, handle: TEITokens.tokenize),
    Endpoint(.post, "/decode", dialect, handle: TEITokens.decode),
    Endpoint(.post, "/vertex", dialect, handle: vertex),
    Endpoint(.post, "/", dialect, handle: byModel),
    Endpoint(.post, "/invocations", dialect, handle: byModel),
    Endpoint(.get, "/info", dialect) { Answer(TEIInfo.json($0)) },
    // TEI says here that it is alive; a browser gets the playground.
    Endpoint(.get, "/", dialect, isPublic: true) { call in
      Playground.isWanted(call) ? Playground.page() : Answer.empty(200)
    },
    Endpoint(.get, "/ping", dialect, isPublic: true) { _ in Answer.empty(200) },
  ]

  /// `/embeddings` has OpenAI's shape with TEI's errors at top level.
  private static let openAIDialect = Dialect(api: .tei) { problem in
    let answer = TEIErrors.render(problem)
    guard answer.mediaType == "application/json" else { return answer }
    return Answer(
      [
        "message": .string(problem.message), "code": .number(JSONNumber(answer.status)),
        "type": .string(TEIErrors.type(of: problem)),
      ], status: answer.status, headers: problem.retryHeaders)
  }

  /// A moderator is a classifier, whatever its model is.
  private static let byModel: @Sendable (Call) async throws -> Answer = { call in
    try await TEIPredict.answer(call)
  }

  /// Google's Vertex AI: a list of requests, each as `/predict` takes it.
  private static let vertex: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json(requiringType: true)
    var predictions: [JSONValue] = []
    let instances = try body.array("instances")
    try call.checkCount(instances.count, parameter: "instances")
    for instance in instances {
      predictions.append(try await TEIPredict.predict(instance, call).json)
    }
    return Answer(["predictions": .array(predictions)])
  }
}

extension Call {
  /// The body as JSON, where TEI's web framework refuses one that does not say so.
  func json(requiringType: Bool) async throws -> JSONValue {
    guard !requiringType || mediaType == "application/json" else {
      throw RequestProblem(
        .mediaType, "Expected request with `Content-Type: application/json`")
    }
    return try await json()
  }
}

/// What TEI's headers tell about a request.
struct TEIReport {
  var characters = 0
  var tokens = 0
  var truncated = 0
  var times = TEITimes()

  var headers: [(HTTPField.Name, String)] {
    func milliseconds(_ duration: Duration) -> String {
      String(Int((duration / .milliseconds(1)).rounded()))
    }
    return [
      (.computeType, "cpu"), (.computeTime, milliseconds(times.total)),
      (.computeCharacters, String(characters)), (.computeTokens, String(tokens)),
      (.totalTime, milliseconds(times.total)),
      (.tokenizationTime, milliseconds(times.tokenization)),
      (.queueTime, milliseconds(times.queue)), (.inferenceTime, milliseconds(times.inference)),
      (.truncated, String(truncated)),
    ]
  }
}

extension HTTPField.Name {
  static let computeType = HTTPField.Name.named("x-compute-type")
  static let computeTime = HTTPField.Name.named("x-compute-time")
  static let computeCharacters = HTTPField.Name.named("x-compute-characters")
  static let computeTokens = HTTPField.Name.named("x-compute-tokens")
  static let totalTime = HTTPField.Name.named("x-total-time")
  static let tokenizationTime = HTTPField.Name.named("x-tokenization-time")
  static let queueTime = HTTPField.Name.named("x-queue-time")
  static let inferenceTime = HTTPField.Name.named("x-inference-time")
}
