import HTTPTypes
import JSON
import Moderation

/// Azure AI Content Safety's `text:analyze`.
enum AzureAPI {
  /// `{"error": {"code", "message"}}`
  static let dialect = Dialect(api: .azure) { problem in
    let code =
      switch problem.kind {
      case .unauthorized: "Unauthorized"
      case .overloaded: "TooManyRequests"
      case .model, .unavailable, .bodyTimeout: "InternalError"
      case .notFound, .unknownModel: "NotFound"
      default: "InvalidRequestBody"
      }
    return Answer(
      ["error": ["code": .string(code), "message": .string(problem.message)]],
      status: problem.status, headers: problem.retryHeaders)
  }

  static let endpoints = [
    Endpoint(.post, "/contentsafety/text:analyze", dialect) { call in
      let request = try Request(try await call.json())
      let model = call.modelOrFirst(named: nil)
      let verdict = try await call.verdicts(
        on: [Message(request.text)], by: model, parameter: { _ in "text" })[0]
      return Answer(answer(request, verdict, bundle: model.moderator.bundle))
    }
  ]

  static let categories = ["Hate", "SelfHarm", "Sexual", "Violence"]
  /// The most characters of a text, as in Azure.
  static let maximumCharacters = 10_000

  struct Request: Equatable {
    var text: String
    var categories: [String]
    /// 4 or 8 levels of severity.
    var levels = 4

    init(_ body: JSONValue) throws {
      text = try body.string("text")
      guard !text.isEmpty, text.unicodeScalars.count <= maximumCharacters else {
        throw RequestProblem(
          .invalid, "The text is to have 1 to \(maximumCharacters) characters.", parameter: "text")
      }
      categories = try body.optionalStrings("categories") ?? AzureAPI.categories
      for name in categories where !AzureAPI.categories.contains(name) {
        throw RequestProblem(
          .invalid, "The category \"\(name)\" is not supported.", parameter: "categories")
      }
      // A list that is not there matches nothing; to pass over it would be to say that nothing matched.
      guard try (body.optionalArray("blocklistNames") ?? []).isEmpty else {
        throw RequestProblem(
          .invalid, "There are no blocklists here.", parameter: "blocklistNames")
      }
      switch try body.optionalString("outputType") {
      case nil, "FourSeverityLevels": break
      case "EightSeverityLevels": levels = 8
      default:
        throw RequestProblem(
          .invalid, "The output type is FourSeverityLevels or EightSeverityLevels.",
          parameter: "outputType")
      }
    }
  }

  static func answer(_ request: Request, _ verdict: Verdict, bundle: ModerationBundle) -> JSONValue
  {
    let entries = APITable.entries("azure", of: bundle)
    return [
      "blocklistsMatch": [],
      "categoriesAnalysis": .array(
        request.categories.map { name in
          let entry = entries.first { $0.name == name }
          let severity = entry.map { Self.severity($0, verdict, levels: request.levels) } ?? 0
          return ["category": .string(name), "severity": .number(JSONNumber(severity))]
        }),
    ]
  }

  /// A severity of 0 to 7, or 0, 2, 4 and 6. Below the threshold it is 0 to 1 (in eight levels), from
  /// there on the way to 1 is cut into equal parts: 2 at the threshold, 7 at the top.
  static func severity(_ entry: APITable.Entry, _ verdict: Verdict, levels: Int) -> Int {
    let fraction =
      entry.labels.compactMap { verdict[$0] }.map { label -> Double in
        let (score, threshold) = (Double(label.score), Double(label.threshold))
        if !(score >= threshold) { return threshold > 0 && !score.isNaN ? score / threshold : 0 }
        return 1 + (threshold < 1 ? (score - threshold) / (1 - threshold) : 1)
      }.max() ?? 0
    let eight = fraction < 1 ? (fraction < 0.5 ? 0 : 1) : min(7, 2 + Int((fraction - 1) * 6))
    return levels == 8 ? eight : eight / 2 * 2
  }
}
