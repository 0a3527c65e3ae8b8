import Foundation
import HTTPTypes
import JSON
import Testing

@testable import ModerationServer

/// What KServe's, Azure's and Mistral's clients are told when something is wrong.
@Suite struct DialectErrorTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(limits: Limits = Limits()) throws -> InProcess {
    InProcess(try ServerState([try models.classifier()], limits: limits))
  }

  // MARK: KServe

  @Test(
    arguments: [
      (
        #""shape":[1],"datatype":"BYTES","data":["a"]"#, nil, "", #""outputs":[{"name":"x"}],"#,
        #"outputs: there is no output "x""#
      ),
      (#""shape":[1,2],"datatype":"BYTES","data":["a","b"]"#, nil, "", "", "text: the shape is"),
      (#""shape":[],"datatype":"BYTES","data":["a"]"#, nil, "", "", "text: the shape is"),
      (#""shape":[-1],"datatype":"BYTES","data":[]"#, nil, "", "", "text: the shape is"),
      (
        #""shape":[1],"datatype":"BYTES","data":["a"]"#, 4_000, "", "",
        "Inference-Header-Content-Length"
      ),
      (
        #""shape":[1],"datatype":"BYTES","data":["a"]"#, -1, "", "",
        "Inference-Header-Content-Length"
      ),
      (
        #""shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6}"#, 0, "\u{1}\0\0\0a",
        "",
        "text: binary_data_size is more than there is"
      ),
      (
        #""shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":5}"#, 0, "\u{2}\0\0\0a",
        "",
        "text: a string is cut short"
      ),
      (
        #""shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":7}"#, 0,
        "\u{1}\0\0\0a\u{1}\0",
        "", "text: a string is cut short"
      ),
      (
        #""shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":5}"#, 0, "\u{1}\0\0\0a",
        "",
        "text: has 1 strings where the shape says 2"
      ),
    ] as [(String, Int?, String, String, String)])
  func `KServe: a tensor that is wrong is named`(
    tensor: String, length: Int?, raw: String, outputs: String, message: String
  ) async throws {
    let json = "{\(outputs)\"inputs\":[{\"name\":\"text\",\(tensor)}]}"
    // A length of 0 stands for the right one.
    let header = length.map {
      ["inference-header-content-length": String($0 == 0 ? json.utf8.count : $0)]
    }
    let reply = try await server().post(
      "/v2/models/small/infer", json + raw, headers: header ?? [:])
    #expect(reply.status == 400)
    #expect(try reply.json().string("error").hasPrefix(message), "\(reply.text)")
  }

  @Test func `KServe: limits name the text, and a server that stops is not ready`() async throws {
    var limits = Limits()
    (limits.messageTokens, limits.inputs) = (5, 2)
    let server = try server(limits: limits)
    func post(_ texts: [String]) async throws -> InProcess.Reply {
      try await server.post(
        "/v2/models/small/infer",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[\(texts.count)],\"datatype\":\"BYTES\",\"data\":\(texts)}]}"
      )
    }
    let long = try await post(["a", "a a a a a a a a"])
    #expect(long.status == 413)
    #expect(try long.json().string("error").hasPrefix("text[1]: has 10 tokens"))
    let many = try await post(["a", "a", "a"])
    #expect(many.status == 413)
    #expect(try many.json().string("error").hasPrefix("text: 3 inputs"))
    #expect(try await post(["a", "a"]).status == 200)
    server.state.drain()
    let ready = try await server.get("/v2/health/ready")
    #expect(ready.status == 503)
    #expect(try ready.json()["ready"] == false)
  }

  // MARK: Azure

  @Test(arguments: [
    (#""blocklistNames": ["words"]"#, "There are no blocklists here."),
    (#""outputType": "TwoSeverityLevels""#, "The output type is"),
    (#""categories": ["Hate", "Spam"]"#, #"The category "Spam" is not supported."#),
  ])
  func `Azure: what cannot be done is refused`(member: String, message: String) async throws {
    let reply = try await server().post(
      "/contentsafety/text:analyze", "{\"text\": \"a\", \(member)}")
    #expect(reply.status == 400)
    let error = try reply.json().value("error")
    #expect(try error.string("code") == "InvalidRequestBody")
    #expect(try error.string("message").hasPrefix(message))
  }

  @Test func `Azure: eight levels, no blocklists, and texts of 10,000 characters`() throws {
    func request(_ text: String, _ more: String = "") throws -> AzureAPI.Request {
      try AzureAPI.Request(JSONValue(parsing: "{\"text\": \"\(text)\"\(more)}"))
    }
    #expect(
      try request("a", #", "blocklistNames": [], "outputType": "EightSeverityLevels""#).levels == 8)
    #expect(try request("a").levels == 4)
    #expect(try request("a").categories == ["Hate", "SelfHarm", "Sexual", "Violence"])
    _ = try request(String(repeating: "é", count: 10_000))
    #expect(throws: RequestProblem.self) { try request(String(repeating: "é", count: 10_001)) }
  }

  @Test(arguments: [
    (RequestProblem.Kind.unauthorized, "Unauthorized", 401),
    (.overloaded, "TooManyRequests", 429), (.unavailable, "InternalError", 503),
    (.model, "InternalError", 500), (.unknownModel, "NotFound", 404),
    (.tooLarge, "InvalidRequestBody", 413),
  ])
  func `Azure: each kind of error has Azure's code`(
    kind: RequestProblem.Kind, code: String, status: Int
  ) async throws {
    let answer = AzureAPI.dialect.render(RequestProblem(kind, "m", retryAfter: 1.5))
    let reply = try await InProcess.Reply(answer.response)
    #expect(reply.status == status && reply.headers[.retryAfter] == "2")
    #expect(try reply.json() == ["error": ["code": .string(code), "message": "m"]])
  }

  // MARK: Mistral

  @Test(arguments: [
    (
      "/v1/chat/moderations", #"{"model": "m", "input": [[]]}"#, "input", "A conversation is empty."
    ),
    (
      "/v1/chat/moderations",
      #"{"model": "m", "input": [{"role": "user", "content": [{"type": "image_url"}]}]}"#,
      "input", "Only chunks of text can be judged."
    ),
    (
      "/v1/chat/moderations", #"{"input": [{"role": "user", "content": "a"}]}"#, "model",
      "model is missing"
    ),
    ("/v1/moderations", #"{"model": "mistral-m", "input": []}"#, "input", "The input is empty."),
    ("/v1/classifications", #"{"input": "a"}"#, "model", "model is missing"),
    ("/v1/chat/classifications", #"{"model": "m"}"#, "input", "input is missing"),
  ])
  func `Mistral: what is wrong has its place`(
    path: String, body: String, place: String, message: String
  ) async throws {
    let reply = try await server().post(path, body)
    #expect(reply.status == 422)
    let detail = try reply.json().array("detail")
    #expect(detail.count == 1 && detail[0]["loc"] == ["body", .string(place)])
    #expect(try detail[0].string("msg") == message)
    #expect(detail[0]["type"]?.kind == .string)
  }

  @Test func `Mistral: what is not the request's fault is no list of details`() async throws {
    let server = InProcess(try ServerState([try models.classifier()], keys: ["a=k"]))
    let reply = try await server.post("/v1/chat/moderations", #"{"model": "m", "input": []}"#)
    #expect(reply.status == 401)
    let json = try reply.json()
    #expect(json["object"] == "error" && json["type"] == "invalid_api_key")
    #expect(json["message"] == "An API key is needed." && json["detail"] == nil)
  }
}
