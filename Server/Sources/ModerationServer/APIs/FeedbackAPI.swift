import HTTPTypes
import JSON
import Moderation

/// `POST /v1/feedback`: what a person says about a message, for review, evaluation and training.
enum FeedbackAPI {
  static let endpoints = [Endpoint(.post, "/v1/feedback", NativeAPI.dialect, handle: report)]

  private static let report: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json()
    let model = try call.model(named: try body.optionalString("model"))
    let row = try row(body, header: call.header(.idempotencyKey), bundle: model.moderator.bundle)
    try model.check(row.text, limits: call.server.limits, parameter: "text")
    switch try await call.keep(row, source: "feedback", model) {
    case .written?: return Answer(["status": "written"], status: 201)
    case .known?: return Answer(["status": "known"])
    case .conflict?:
      throw RequestProblem(
        .conflict, "another report has this key; a correction needs a key of its own",
        parameter: "key")
    case nil:
      throw RequestProblem(
        .unsupported, "The server takes no feedback; it is started with --feedback FILE.")
    }
  }

  /// Reads `{"text", "labels": {name: 0|1}, "context"?, "key"?, "metadata"?}`.
  static func row(_ body: JSONValue, header: String?, bundle: ModerationBundle) throws
    -> FeedbackRow
  {
    try body.allow("text", "labels", "context", "key", "metadata", "model")
    let text = try body.string("text")
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw RequestProblem(.empty, "is empty", parameter: "text")
    }
    var labels: [(String, Bool)] = []
    for (name, value) in try body.object("labels") {
      guard name == "flagged" || bundle.labels.contains(where: { $0.name == name }) else {
        throw RequestProblem(
          .invalid,
          "is no label of the model; it has "
            + (bundle.labels.map(\.name) + ["flagged"]).joined(separator: ", "),
          parameter: "labels.\(name)")
      }
      switch value {
      case .null: continue
      case .bool(let truth): labels.append((name, truth))
      case .number(let number) where number.double == 0 || number.double == 1:
        labels.append((name, number.double == 1))
      default:
        throw RequestProblem(.invalid, "is neither 0 nor 1", parameter: "labels.\(name)")
      }
    }
    guard !labels.isEmpty else {
      throw RequestProblem(.empty, "names no label", parameter: "labels")
    }
    let metadata = try body.optionalObject("metadata") ?? JSONObject()
    for name in metadata.keys where FeedbackRow.reserved.contains(name) {
      throw RequestProblem(
        .invalid, "is the server's own member", parameter: "metadata.\(name)")
    }
    let key = try body.optionalString("key") ?? header
    guard key.map({ (1...256).contains($0.utf8.count) }) ?? true else {
      throw RequestProblem(.invalid, "must have 1 to 256 bytes", parameter: "key")
    }
    return FeedbackRow(
      text: text, context: try body.optionalStrings("context") ?? [], labels: labels,
      metadata: metadata, key: key)
  }
}

extension Call {
  /// Writes a report to the disk; nil where the server keeps none.
  func keep(_ row: FeedbackRow, source: String, _ model: LoadedModel) async throws
    -> FeedbackStore.Outcome?
  {
    guard let store = server.feedback else { return nil }
    try checkRate(of: 1)
    let origin = FeedbackRow.origin(source, self, model, key: row.key)
    let outcome = try await store.add(row.json(origin))
    server.metrics.reported(outcome)
    return outcome
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name.named("idempotency-key")
}
