import JSON
import Moderation
import Transformer

/// `POST /embed`, `/embed_all` and `/similarity`.
enum TEIEmbed {
  struct Request: Equatable {
    var inputs: [Embedder.Input]
    var isBatch: Bool
    var truncates: Bool
    var promptName: String?
    var normalizes: Bool
    var dimensions: Int?

    init(_ body: JSONValue, inputs key: String = "inputs") throws {
      guard let json = body[key] else { throw TEIErrors.shape("missing field `\(key)`") }
      do {
        inputs = try Embedder.inputs(json, parameter: key)
        isBatch = inputs.count > 1 || json[0]?.kind == .string || json[0]?.kind == .array
        truncates = try body.optionalBool("truncate") ?? true
        promptName = try body.optionalString("prompt_name")
        normalizes = try body.optionalBool("normalize") ?? true
        dimensions = try Embedder.dimensions(body)
      } catch let error as JSONError {
        throw TEIErrors.shape(error.description)
      }
    }
  }

  static let embed: @Sendable (Call) async throws -> Answer = { call in
    try await measured(call) { request, embedder, sequences in
      try await embedder.vectors(sequences, parameter: "inputs").map { vector in
        let vector = try Embedder.shortened(
          vector, to: request.dimensions, normalized: request.normalizes)
        return .array(vector.map { .score($0) })
      }
    }
  }

  static let embedAll: @Sendable (Call) async throws -> Answer = { call in
    try await measured(call) { _, embedder, sequences in
      try await embedder.tokenVectors(sequences, parameter: "inputs").map { vectors in
        .array(vectors.map { .array($0.map { .score($0) }) })
      }
    }
  }

  /// Tokens, a pass, and the headers that tell about them.
  private static func measured(
    _ call: Call,
    _ run: (Request, Embedder, [TokenSequence]) async throws -> [JSONValue]
  ) async throws -> Answer {
    let start = ContinuousClock.now
    let metrics = call.server.metrics.tei
    do {
      let request = try Request(try await call.json(requiringType: true))
      metrics.began(isBatch: request.isBatch, kind: "embed", items: request.inputs.count)
      let embedder = try Embedder(call.modelOrFirst(named: nil), call)
      let tokens = try tokens(request, embedder, call)
      let tokenised = ContinuousClock.now
      let vectors = try await run(request, embedder, tokens.map(\.sequence))
      let times = call.record.current.times
      var report = TEIReport()
      for case .text(let text) in request.inputs { report.characters += text.unicodeScalars.count }
      report.tokens = tokens.reduce(0) { $0 + $1.sequence.ids.count }
      report.truncated = tokens.count(where: \.isTruncated)
      report.times = TEITimes(
        total: ContinuousClock.now - start, tokenization: tokenised - start, queue: times.queue,
        inference: times.inference)
      metrics.succeeded(
        isBatch: request.isBatch, kind: "embed", items: request.inputs.count, times: report.times,
        tokens: tokens.map(\.count))
      return Answer(.array(vectors), headers: report.headers)
    } catch {
      metrics.failed(error)
      throw error
    }
  }

  private static func tokens(_ request: Request, _ embedder: Embedder, _ call: Call) throws
    -> [Embedder.Tokens]
  {
    let limit = call.server.limits.inputs
    guard request.inputs.count <= limit else {
      throw RequestProblem(
        .invalid, "batch size \(request.inputs.count) > maximum allowed batch size \(limit)")
    }
    let prompt = try request.promptName.map { try embedder.prompt(named: $0) }
    return try request.inputs.enumerated().map { index, input in
      try embedder.sequence(
        input, prompt: prompt, truncates: request.truncates,
        parameter: "inputs[\(index)]")
    }
  }

  /// `{"inputs": {"source_sentence", "sentences"}, "parameters"?}`: the cosines of the sentences with the
  /// source.
  static let similarity: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json(requiringType: true)
    let inputs = try body.value("inputs")
    let source = try inputs.string("source_sentence")
    let sentences = try inputs.strings("sentences")
    guard !sentences.isEmpty else {
      throw RequestProblem(.empty, "`inputs.sentences` cannot be empty")
    }
    var flat = JSONObject()
    if let parameters = try body.optionalObject("parameters") { flat = parameters }
    flat["inputs"] = .array(([source] + sentences).map { .string($0) })
    let request = try Request(.object(flat))
    let embedder = try Embedder(call.modelOrFirst(named: nil), call)
    let tokens = try tokens(request, embedder, call)
    let vectors = try await embedder.vectors(tokens.map(\.sequence), parameter: "inputs").map {
      try Embedder.shortened($0, to: nil, normalized: true)
    }
    return Answer(
      .array(
        vectors.dropFirst().map { vector in
          .score(zip(vectors[0], vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
        }))
  }
}

extension Embedder {
  /// - Throws: ``RequestProblem`` for a prompt that the model has not
  func prompt(named name: String) throws(RequestProblem) -> String {
    do {
      return try encoder.input.prompt(named: name)
    } catch {
      throw RequestProblem(.invalid, error.description, parameter: "prompt_name")
    }
  }

  /// A vector for each token of each sequence.
  func tokenVectors(_ sequences: [TokenSequence], parameter: String) async throws -> [[[Float]]] {
    let outcome = try await call.compute(.tokenVectors(sequences), on: model)
    return try outcome.results.enumerated().map { index, result in
      switch result {
      case .tokenVectors(let vectors): return vectors
      case .failure(let error):
        throw RequestProblem(.model, error.description, parameter: "\(parameter)[\(index)]")
      case .verdict, .vector: return []
      }
    }
  }
}
