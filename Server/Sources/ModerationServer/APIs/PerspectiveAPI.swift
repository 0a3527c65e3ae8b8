import HTTPTypes
import Hummingbird
import JSON
import Moderation

/// Perspective's Comment Analyzer: `comments:analyze` and `comments:suggestscore`.
///
/// The bundle's table says which labels its attributes read. The scores are the model's own, on
/// Perspective's scale only where the table has a calibration.
enum PerspectiveAPI {
  static let dialect = Dialect(
    api: .perspective, takesKeyInQuery: true, render: PerspectiveErrors.render)

  static let endpoints = [
    Endpoint(.post, "/v1alpha1/comments:analyze", dialect, handle: analyze),
    Endpoint(
      .post, "/v1alpha1/comments:suggestscore", dialect, handle: PerspectiveSuggestion.answer),
    Endpoint(.get, "/$discovery/rest", dialect, isPublic: true) { call in
      Answer(PerspectiveDiscovery.document(root: rootURL(call)))
    },
  ]

  /// The most bytes of a comment, as in Perspective.
  static let maximumBytes = 20_480

  struct Request {
    struct Attribute: Equatable {
      var name: String
      /// Scores below it are left out.
      var threshold: Double?
    }

    var text: String
    var attributes: [Attribute]
    var languages: [String]
    var wantsSpans: Bool
    var clientToken: String?
    var dropsUnsupported: Bool

    init(_ body: JSONValue) throws {
      let comment = try body.optionalObject("comment") ?? JSONObject()
      text = try JSONValue.object(comment).optionalString("text") ?? ""
      if let type = comment["type"], type != "PLAIN_TEXT", type != "TEXT_TYPE_UNSPECIFIED" {
        throw PerspectiveErrors.invalid("Currently, only 'PLAIN_TEXT' comments are supported")
      }
      attributes = []
      for (name, options) in try body.optionalObject("requestedAttributes") ?? JSONObject() {
        let options = options == .null ? .object(JSONObject()) : options
        if let type = try options.optionalString("scoreType"), type != "PROBABILITY",
          type != "SCORE_TYPE_UNSPECIFIED"
        {
          throw PerspectiveErrors.invalid(
            "Requested score type \(type) is not supported by attribute \(name)")
        }
        attributes.append(
          Attribute(name: name, threshold: try options.optionalDouble("scoreThreshold")))
      }
      languages = try body.optionalStrings("languages") ?? []
      wantsSpans = try body.optionalBool("spanAnnotations") ?? false
      clientToken = try body.optionalString("clientToken")
      dropsUnsupported = try body.optionalBool("dropUnsupportedAttributes") ?? false
    }

    /// - Throws: the errors that Perspective has for a comment and for attributes
    func check() throws(RequestProblem) {
      guard text.contains(where: { !$0.isWhitespace }) else { throw PerspectiveErrors.commentEmpty }
      guard text.utf8.count <= maximumBytes else { throw PerspectiveErrors.commentTooLong }
      guard !attributes.isEmpty else { throw PerspectiveErrors.noAttributes }
      // Signs and emoji alone are of no language.
      guard !languages.isEmpty || text.contains(where: \.isLetter) else {
        throw PerspectiveErrors.noLanguage
      }
    }
  }

  private static let analyze: @Sendable (Call) async throws -> Answer = { call in
    let request = try Request(try await call.json())
    try request.check()
    let model = call.modelOrFirst(named: nil)
    let entries = try entries(of: request, bundle: model.moderator.bundle)
    let plan = SpanPlan(Message(request.text), isWanted: request.wantsSpans)
    let results = try await call.judge(plan.messages, by: model)
    let verdict: Verdict
    do { verdict = try results[0].get() } catch {
      throw RequestProblem(.model, "The model failed on the comment.")
    }
    return Answer(
      answer(
        request, entries, verdict, spans: plan.spans(results),
        languages: model.moderator.bundle.languages))
  }

  /// The entries of the attributes that are asked for. An attribute that the model has no label for, or a
  /// language that it was not made for, is an error or, where the request says so, left out.
  static func entries(of request: Request, bundle: ModerationBundle) throws(RequestProblem)
    -> [(Request.Attribute, APITable.Entry)]
  {
    let table = APITable.entries("perspective", of: bundle)
    var found: [(Request.Attribute, APITable.Entry)] = []
    for attribute in request.attributes {
      guard let entry = table.first(where: { $0.name == attribute.name }) else {
        if request.dropsUnsupported { continue }
        throw PerspectiveErrors.invalid("Unknown requested attribute: \(attribute.name)")
      }
      // A tag's first part is the language: "pt-BR" is Portuguese.
      let languages = request.languages.map { String($0.prefix { $0 != "-" }).lowercased() }
      if !bundle.languages.isEmpty, !languages.isEmpty,
        !languages.allSatisfy(bundle.languages.contains)
      {
        if request.dropsUnsupported { continue }
        throw PerspectiveErrors.language(request.languages, attribute: attribute.name)
      }
      found.append((attribute, entry))
    }
    return found
  }

  static func answer(
    _ request: Request, _ entries: [(Request.Attribute, APITable.Entry)], _ verdict: Verdict,
    spans: [(range: Range<Int>, verdict: Verdict)], languages: [String]
  ) -> JSONValue {
    var scores = JSONObject()
    for (attribute, entry) in entries {
      let score = entry.score(in: verdict)
      if let threshold = attribute.threshold, !(score >= threshold) { continue }
      var value = JSONObject()
      if request.wantsSpans {
        value["spanScores"] = .array(
          spans.map { range, verdict in
            [
              "begin": .number(JSONNumber(range.lowerBound)),
              "end": .number(JSONNumber(range.upperBound)),
              "score": probability(entry.score(in: verdict)),
            ]
          })
      }
      value["summaryScore"] = probability(score)
      scores[attribute.name] = .object(value)
    }
    var answer = JSONObject()
    answer["attributeScores"] = .object(scores)
    // Nothing here detects languages: without a request's own, the model's stand there.
    answer["languages"] = .array(
      (request.languages.isEmpty ? languages : request.languages).map { .string($0) })
    if let token = request.clientToken { answer["clientToken"] = .string(token) }
    return .object(answer)
  }

  private static func probability(_ score: Double) -> JSONValue {
    ["value": .score(Float(score)), "type": "PROBABILITY"]
  }

  /// The server's address as the caller sees it.
  private static func rootURL(_ call: Call) -> String {
    if let url = call.server.publicURL { return url.hasSuffix("/") ? url : url + "/" }
    let host = call.request.head.authority ?? "localhost"
    let scheme = call.request.headers[.named("x-forwarded-proto")] == "https" ? "https" : "http"
    // A host is written into a document that clients follow: only what a host can be made of.
    let isPlain = host.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && !"\"'<>\\/?#@%".utf8.contains(byte)
    }
    return "\(scheme)://\(isPlain ? host : "localhost")/"
  }
}
