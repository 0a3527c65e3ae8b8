import HTTPTypes
import Hummingbird
import JSON
import Moderation
import NIOCore
import Transformer

/// A request on its way through an API: what it says, and what the server has for it.
struct Call: Sendable {
  let request: Request
  let context: ServerContext
  let server: ServerState
  let record: RequestRecord

  func header(_ name: HTTPField.Name) -> String? { request.headers[name] }
  func query(_ name: String) -> String? {
    request.uri.queryParameters[Substring(name)].map(String.init)
  }
  func parameter(_ name: String) -> String? { context.parameters.get(name) }

  /// The media type of the body, without parameters, in lower case.
  var mediaType: String? {
    header(.contentType)?.split(separator: ";").first.map {
      $0.filter { !$0.isWhitespace }.lowercased()
    }
  }

  /// The whole body.
  ///
  /// - Throws: ``RequestProblem/Kind/tooLarge``
  func body() async throws -> [UInt8] {
    let limit = server.limits.bodyBytes
    let tooLarge = RequestProblem(.tooLarge, "The body may have \(limit) bytes.")
    if let length = header(.contentLength).flatMap({ Int($0) }), length > limit { throw tooLarge }
    do {
      let buffer = try await request.body.collect(upTo: limit)
      let bytes = Array(buffer.readableBytesView)
      record.update {
        $0.bytes = bytes.count
        $0.isBodyRead = true
      }
      return bytes
    } catch is NIOTooManyBytesError {
      throw tooLarge
    }
  }

  /// The body as JSON. Lone surrogates become U+FFFD: one broken emoji must not lose a message.
  func json() async throws -> JSONValue { try Self.json(try await body()) }

  static func json(_ bytes: [UInt8]) throws(RequestProblem) -> JSONValue {
    do {
      return try JSONValue(
        parsing: bytes,
        options: JSONOptions(loneSurrogates: .replace, maximumDepth: Limits.jsonDepth))
    } catch {
      throw RequestProblem(.malformed, "The body is not JSON: \(error.description)")
    }
  }

  /// Refuses more inputs than a request may have.
  func checkCount(_ count: Int, parameter: String) throws(RequestProblem) {
    guard count > server.limits.inputs else { return }
    throw RequestProblem(
      .tooLarge, "\(count) inputs; a request may have \(server.limits.inputs)",
      parameter: parameter)
  }

  /// The models that the caller may name.
  var models: [LoadedModel] { tenant?.model.map { [$0] } ?? server.models.all }

  /// The model of that name; the tenant's, or the first one, where none is named.
  func model(named name: String?) throws(RequestProblem) -> LoadedModel {
    guard let own = tenant?.model else { return try server.models.model(named: name) }
    guard name == nil || name == own.name else { throw ModelRegistry.unknown }
    return own
  }

  /// The model of that name, or the tenant's, or the first one: for APIs whose clients send their
  /// service's names.
  func modelOrFirst(named name: String?) -> LoadedModel {
    tenant?.model ?? server.models.modelOrFirst(named: name)
  }

  private var tenant: Tenant? { record.current.tenant }

  /// The results of messages, in order.
  func judge(_ messages: [Message], by model: LoadedModel, waits: Bool = false) async throws
    -> [Result<Verdict, ModerationError>]
  {
    try await compute(.verdicts(messages), on: model, waits: waits).results.map { result in
      switch result {
      case .verdict(let verdict): .success(verdict)
      case .failure(let error): .failure(error)
      case .vector, .tokenVectors: .failure(.notAModel(folder: model.name))
      }
    }
  }

  /// The verdicts on messages, in order, for APIs that have one error for a request.
  ///
  /// - Parameter parameter: the name of the n-th message in errors
  func verdicts(
    on messages: [Message], by model: LoadedModel, parameter: (Int) -> String
  ) async throws -> [Verdict] {
    for (index, message) in messages.enumerated() {
      try model.check(message.text, limits: server.limits, parameter: parameter(index))
    }
    return try await judge(messages, by: model).enumerated().map { index, result in
      switch result {
      case .success(let verdict): return verdict
      case .failure(let error):
        throw RequestProblem(.model, error.description, parameter: parameter(index))
      }
    }
  }

  /// Computes, decides by the tenant's thresholds, and writes the audit log.
  ///
  /// - Parameter waits: whether the request waits for room where others are refused
  func compute(_ work: Work, on model: LoadedModel, waits: Bool = false) async throws
    -> Submission.Outcome
  {
    let first = record.current.items
    record.update {
      $0.model = model.name
      $0.items += work.count
    }
    let (context, tenant) = (context, tenant)
    while true {
      do {
        try checkRate(of: work.count)
        let submission = Submission(work, model: model) { context.isClientGone }
        var outcome = try await server.compute.run(submission)
        record.update {
          $0.times.queue += outcome.times.queue
          $0.times.inference += outcome.times.inference
        }
        if let thresholds = tenant?.thresholds, tenant?.model === model {
          outcome.decide(by: model, under: thresholds)
        }
        server.metrics.finished(outcome, of: model)
        if case .verdicts(let messages) = work {
          try audit(messages, outcome, by: model, first: first)
          shadow(messages, outcome, by: model, first: first)
        }
        return outcome
      } catch let problem as RequestProblem where waits && problem.kind == .overloaded {
        try await Task.sleep(for: .seconds(problem.retryAfter ?? 0.1))
      }
    }
  }
}

extension Call {
  /// Refuses a request over its tenant's rate.
  func checkRate(of count: Int) throws(RequestProblem) {
    guard let tenant = record.current.tenant, let bucket = tenant.bucket, count > 0,
      let wait = bucket.take(count)
    else { return }
    server.metrics.limited(tenant)
    throw RequestProblem(
      .overloaded, "The key may have \(bucket.rate.perSecond) messages a second.",
      retryAfter: max(wait, 0.001))
  }

  /// Hands messages to the shadows.
  private func shadow(
    _ messages: [Message], _ outcome: Submission.Outcome, by model: LoadedModel, first: Int
  ) {
    guard let shadow = server.shadow else { return }
    var items: [ShadowRunner.Item] = []
    for (index, (message, result)) in zip(messages, outcome.results).enumerated() {
      guard case .verdict(let verdict) = result else { continue }
      let head = AuditLine.head("shadow", self, model, index: first + index)
      items.append(.init(message: message, verdict: verdict, head: head))
    }
    shadow.offer(items)
  }
}

extension Submission.Outcome {
  /// Decides the verdicts anew by other thresholds.
  mutating func decide(by model: LoadedModel, under thresholds: [String: Double]) {
    guard !thresholds.isEmpty else { return }
    results = results.map { result in
      guard case .verdict(let verdict) = result else { return result }
      return .verdict(model.moderator.verdict(verdict, under: thresholds))
    }
  }
}

extension JSONError {
  /// The problem with a body of the wrong shape.
  var problem: RequestProblem {
    RequestProblem(.invalid, description, parameter: parameter)
  }
}

extension JSONError {
  /// The path of the value at fault.
  private var parameter: String? {
    switch self {
    case .missing(let path), .wrongKind(let path, _, _), .outOfRange(let path, _, _),
      .unknownKey(let path), .invalid(let path, _):
      path == "$" ? nil : path
    default: nil
    }
  }
}
