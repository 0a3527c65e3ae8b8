import HTTPTypes
import JSON
import Moderation

/// The Open Inference Protocol, version 2, as KServe and Triton speak it: a tensor `text` of strings in,
/// tensors `scores` and `flagged` out.
enum KServeAPI {
  /// `{"error"}`
  static let dialect = Dialect(api: .kserve) { problem in
    let place = problem.parameter.map { "\($0): " } ?? ""
    return Answer(
      ["error": .string(place + problem.message)], status: problem.status,
      headers: problem.retryHeaders)
  }

  static let endpoints: [Endpoint] =
    [
      Endpoint(.get, "/v2", dialect) { _ in
        Answer([
          "name": "swift-moderation", "version": "1", "extensions": ["binary_tensor_data"],
        ])
      },
      Endpoint(.get, "/v2/health/live", dialect, isPublic: true) { _ in Answer(["live": true]) },
      Endpoint(.get, "/v2/health/ready", dialect, isPublic: true) { call in
        let isReady = !call.server.isDraining
        return Answer(["ready": .bool(isReady)], status: isReady ? 200 : 503)
      },
    ] + ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap(modelEndpoints)

  private static func modelEndpoints(_ path: String) -> [Endpoint] {
    [
      Endpoint(.get, path, dialect) { Answer(metadata(try model($0))) },
      Endpoint(.get, path + "/ready", dialect) { call in
        Answer(["name": .string(try model(call).name), "ready": true])
      },
      Endpoint(.post, path + "/infer", dialect, handle: infer),
    ]
  }

  /// The model of the path; there is one version of each, "1".
  private static func model(_ call: Call) throws(RequestProblem) -> LoadedModel {
    if let version = call.parameter("version"), version != "1" {
      throw RequestProblem(.unknownModel, "the model has one version, \"1\"")
    }
    return try call.model(named: call.parameter("model"))
  }

  private static func metadata(_ model: LoadedModel) -> JSONValue {
    let labels = model.moderator.bundle.labels.map(\.name)
    let count = JSONValue.number(JSONNumber(labels.count))
    return [
      "name": .string(model.name), "versions": ["1"], "platform": "swift-moderation",
      "inputs": [["name": "text", "datatype": "BYTES", "shape": [-1]]],
      "outputs": [
        ["name": "scores", "datatype": "FP32", "shape": [-1, count]],
        ["name": "flagged", "datatype": "BOOL", "shape": [-1, count]],
      ],
      "parameters": ["labels": .string(labels.joined(separator: ","))],
    ]
  }

  private static let infer: @Sendable (Call) async throws -> Answer = { call in
    let model = try model(call)
    let request = try Request(
      try await call.body(), jsonLength: call.header(.inferenceHeaderLength))
    try call.checkCount(request.texts.count, parameter: "text")
    let verdicts = try await call.verdicts(
      on: request.texts.map { Message($0) }, by: model, parameter: { "text[\($0)]" })
    return Answer(answer(request, verdicts, model: model))
  }

  struct Request: Equatable {
    var id: String?
    var texts: [String]
    /// The names of the tensors that are asked for; empty for all.
    var outputs: [String]

    /// - Parameter jsonLength: bytes of JSON before raw tensors, where there are any
    init(_ bytes: [UInt8], jsonLength: String?) throws {
      var json = bytes[...]
      var raw = bytes[bytes.endIndex...]
      if let jsonLength {
        guard let count = Int(jsonLength), (0...bytes.count).contains(count) else {
          throw RequestProblem(
            .invalid, "Inference-Header-Content-Length is not the length of the JSON")
        }
        json = bytes[..<count]
        raw = bytes[count...]
      }
      let body = try Call.json(Array(json))
      id = try body.optionalString("id")
      outputs = try (body.optionalArray("outputs") ?? []).map { try $0.string("name") }
      for name in outputs where !["scores", "flagged"].contains(name) {
        throw RequestProblem(.invalid, "there is no output \"\(name)\"", parameter: "outputs")
      }
      texts = []
      for input in try body.array("inputs") {
        let tensor = try Self.texts(input, &raw)
        if try input.string("name") == "text" { texts = tensor }
      }
      guard !texts.isEmpty else {
        throw RequestProblem(.empty, "an input \"text\" of BYTES is needed", parameter: "inputs")
      }
    }

    /// The strings of a tensor, from its data or from the raw bytes behind the JSON.
    private static func texts(_ input: JSONValue, _ raw: inout ArraySlice<UInt8>) throws -> [String]
    {
      let name = try input.string("name")
      guard try input.string("datatype") == "BYTES" else {
        throw RequestProblem(.invalid, "the datatype is to be BYTES", parameter: name)
      }
      let shape = try input.ints("shape")
      guard (1...2).contains(shape.count), shape.count == 1 || shape[1] == 1, shape[0] >= 0 else {
        throw RequestProblem(.invalid, "the shape is to be [N] or [N, 1]", parameter: name)
      }
      var texts: [String] = []
      if let size = try input["parameters"]?.optionalInt("binary_data_size") {
        guard (0...raw.count).contains(size) else {
          throw RequestProblem(.invalid, "binary_data_size is more than there is", parameter: name)
        }
        texts = try strings(raw.prefix(size), name)
        raw = raw.dropFirst(size)
      } else {
        // Data may be nested as the shape is.
        for element in try input.array("data") {
          texts += try element.kind == .array ? element.strings() : [element.string()]
        }
      }
      guard texts.count == shape[0] else {
        throw RequestProblem(
          .invalid, "has \(texts.count) strings where the shape says \(shape[0])", parameter: name)
      }
      return texts
    }

    /// Strings as Triton packs them: a length of 4 bytes, little-endian, and so many bytes of UTF-8.
    private static func strings(_ bytes: ArraySlice<UInt8>, _ name: String) throws -> [String] {
      var rest = bytes
      var texts: [String] = []
      while !rest.isEmpty {
        var length = 0
        for (index, byte) in rest.prefix(4).enumerated() { length |= Int(byte) << (8 * index) }
        guard rest.count >= 4, length <= rest.count - 4 else {
          throw RequestProblem(.invalid, "a string is cut short", parameter: name)
        }
        rest = rest.dropFirst(4)
        texts.append(String(decoding: rest.prefix(length), as: UTF8.self))
        rest = rest.dropFirst(length)
      }
      return texts
    }
  }

  /// Tensors of one row per text and one column per label, as lists in JSON, also for clients that
  /// asked for raw bytes: they read both.
  static func answer(_ request: Request, _ verdicts: [Verdict], model: LoadedModel) -> JSONValue {
    let shape: JSONValue = [
      .number(JSONNumber(verdicts.count)),
      .number(JSONNumber(model.moderator.bundle.labels.count)),
    ]
    func tensor(_ name: String, _ type: String, _ value: (LabelVerdict) -> JSONValue) -> JSONValue {
      [
        "name": .string(name), "datatype": .string(type), "shape": shape,
        "data": .array(verdicts.flatMap { $0.labels.map(value) }),
      ]
    }
    let tensors = [
      tensor("scores", "FP32") { .score($0.score) },
      tensor("flagged", "BOOL") { .bool($0.isFlagged) },
    ]
    var answer = JSONObject()
    answer["model_name"] = .string(model.name)
    answer["model_version"] = "1"
    if let id = request.id { answer["id"] = .string(id) }
    answer["outputs"] = .array(
      tensors.filter { tensor in
        request.outputs.isEmpty || request.outputs.contains { tensor["name"] == .string($0) }
      })
    return .object(answer)
  }
}

extension HTTPField.Name {
  static let inferenceHeaderLength = HTTPField.Name.named("inference-header-content-length")
}
