import HTTPTypes
import JSON
import Moderation
import Transformer

/// OpenAI's `POST /v1/embeddings`, for models that are encoders with heads.
enum OpenAIEmbeddingsAPI {
  static let endpoints = [
    Endpoint(.post, "/v1/embeddings", OpenAIModerationsAPI.dialect, handle: embed)
  ]

  struct Request: Equatable {
    enum Format: String {
      case float, base64
    }

    var model: String?
    var inputs: [Embedder.Input]
    var format = Format.float
    var dimensions: Int?

    init(_ body: JSONValue) throws {
      model = try body.optionalString("model")
      inputs = try Embedder.inputs(try body.value("input"), parameter: "input")
      dimensions = try Embedder.dimensions(body)
      guard let name = try body.optionalString("encoding_format") else { return }
      guard let format = Format(rawValue: name) else {
        throw RequestProblem(
          .invalid, "The format is float or base64.", parameter: "encoding_format")
      }
      self.format = format
    }
  }

  static let embed: @Sendable (Call) async throws -> Answer = { call in
    let request = try Request(try await call.json())
    let model = call.modelOrFirst(named: request.model)
    try call.checkCount(request.inputs.count, parameter: "input")
    let embedder = try Embedder(model, call)
    let sequences = try request.inputs.enumerated().map { index, input in
      try embedder.sequence(input, truncates: true, parameter: "input[\(index)]")
    }
    let vectors = try await embedder.vectors(sequences.map(\.sequence), parameter: "input")
    let data = try vectors.enumerated().map { index, vector -> JSONValue in
      let vector = try Embedder.shortened(vector, to: request.dimensions, normalized: true)
      return [
        "object": "embedding", "index": .number(JSONNumber(index)),
        "embedding": request.format == .base64
          ? .string(Embedder.base64(vector)) : .array(vector.map { .score($0) }),
      ]
    }
    let tokens = JSONNumber(sequences.reduce(0) { $0 + $1.sequence.ids.count })
    return Answer([
      "object": "list", "data": .array(data), "model": .string(model.name),
      "usage": ["prompt_tokens": .number(tokens), "total_tokens": .number(tokens)],
    ])
  }
}
