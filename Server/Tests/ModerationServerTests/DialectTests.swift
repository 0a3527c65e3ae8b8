import Foundation
import HTTPTypes
import JSON
import Moderation
import Testing

@testable import ModerationServer

/// OpenAI's, Mistral's, KServe's and Azure's APIs.
@Suite struct DialectTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(keys: [String] = []) throws -> InProcess {
    InProcess(try ServerState([try models.classifier()], keys: keys))
  }

  // MARK: OpenAI

  @Test func `OpenAI: one result a text, with 13 categories and the model's own labels`()
    async throws
  {
    let reply = try await server().post("/v1/moderations", #"{"input": ["the cat", "a dog"]}"#)
    let json = try reply.json()
    #expect(try json.string("id").hasPrefix("modr-"))
    let results = try json.array("results")
    #expect(results.count == 2)
    for result in results {
      let scores = try result.object("category_scores")
      for category in OpenAIModerationsAPI.categories {
        #expect(try scores[category]?.double() != nil)
        #expect(result["categories"]?[category]?.kind == .bool)
        #expect(result["category_applied_input_types"]?[category]?.kind == .array)
      }
      // "offensive" reads as harassment; nothing reads as sexual/minors.
      #expect(scores["harassment"] == scores["offensive"])
      #expect(scores["sexual/minors"] == 0.0)
      #expect(result["category_applied_input_types"]?["sexual/minors"] == [])
      #expect(result["category_applied_input_types"]?["hate"] == ["text"])
    }
  }

  @Test func `OpenAI: parts are one message, and an image is refused`() async throws {
    let server = try server()
    let parts = #"[{"type": "text", "text": "the cat"}, {"type": "text", "text": "a dog"}]"#
    let one = try await server.post("/v1/moderations", "{\"input\": \(parts)}").json()
    let each = try await server.post("/v1/moderations", #"{"input": ["the cat", "a dog"]}"#).json()
    let own = try each.array("results").map { try $0.value("category_scores").double("hate") }
    #expect(try one.array("results").count == 1)
    #expect(
      try one.array("results")[0].value("category_scores").double("hate") == own.max())
    let image = try await server.post(
      "/v1/moderations",
      #"{"input": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}}]}"#
    )
    #expect(image.status == 400)
    #expect(try image.json().value("error").string("param") == "input[1].type")
  }

  @Test func `OpenAI: errors have a string for a code, and a key that is wrong its own`()
    async throws
  {
    let server = try server(keys: ["k"])
    let unauthorized = try await server.post("/v1/moderations", #"{"input": "a"}"#)
    #expect(unauthorized.status == 401)
    let error = try unauthorized.json().value("error")
    #expect(error["code"] == "invalid_api_key" && error["type"] == "invalid_request_error")
    let headers = ["authorization": "Bearer k"]
    for body in [#"{"input": []}"#, #"{"input": 3}"#, "{}", "{"] {
      let reply = try await server.post("/v1/moderations", body, headers: headers)
      #expect(reply.status == 400)
      #expect(try reply.json().value("error").value("code").kind == .string)
    }
  }

  @Test func `OpenAI: embeddings are the same numbers as floats and in base64`() async throws {
    let server = InProcess(try ServerState([try models.encoder()]))
    let floats = try await server.post("/v1/embeddings", #"{"input": ["the cat", "a"]}"#).json()
    let base64 = try await server.post(
      "/v1/embeddings", #"{"input": ["the cat", "a"], "encoding_format": "base64"}"#
    ).json()
    for (plain, packed) in zip(try floats.array("data"), try base64.array("data")) {
      let numbers = try plain.array("embedding").map { try $0.float() }
      let data = try #require(Data(base64Encoded: try packed.string("embedding")))
      let bytes = [UInt8](data)
      let unpacked = (0..<bytes.count / 4).map { index in
        Float(
          bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << UInt32(8 * $1) })
      }
      #expect(numbers == unpacked && numbers.count == 8)
      #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
    #expect(try floats.value("usage").int("prompt_tokens") > 4)
    let foreign = try await server.post("/v1/embeddings", #"{"input": [[100257, 9906]]}"#)
    #expect(foreign.status == 400 && foreign.text.contains("check_embedding_ctx_length"))
    let classifier = try await self.server().post("/v1/embeddings", #"{"input": "a"}"#)
    #expect(classifier.status == 400 && classifier.text.contains("no embeddings"))
  }

  // MARK: Mistral

  @Test
  func `Mistral: its names where the model's begins with mistral-, and 422 for what is wrong`()
    async throws
  {
    let server = try server()
    let reply = try await server.post(
      "/v1/moderations", #"{"model": "mistral-moderation-latest", "input": ["the cat"]}"#)
    let scores = try reply.json().array("results")[0].object("category_scores")
    #expect(scores["hate_and_discrimination"] != nil && scores["offensive"] != nil)
    #expect(scores["harassment"] == nil)
    let wrong = try await server.post("/v1/moderations", #"{"model": "mistral-x", "input": 3}"#)
    #expect(wrong.status == 422)
    #expect(try wrong.json().array("detail")[0].array("loc")[0] == "body")
  }

  @Test func `Mistral: the last message of each conversation is judged`() async throws {
    let server = try server()
    let chats =
      #"[[{"role": "user", "content": "x"}, {"role": "assistant", "content": [{"type": "text", "text": "the cat"}]}]]"#
    let chat = try await server.post(
      "/v1/chat/moderations", "{\"model\": \"m\", \"input\": \(chats)}")
    let text = try await server.post(
      "/v1/moderations", #"{"model": "mistral-m", "input": "the cat"}"#)
    #expect(try chat.json().array("results") == text.json().array("results"))
    let targets = try await server.post(
      "/v1/classifications", #"{"model": "m", "input": "the cat"}"#)
    let scores = try targets.json().array("results")[0].value("moderation").object("scores")
    #expect(scores.keys == ["offensive", "threatening", "hate"])
  }

  // MARK: KServe

  @Test func `KServe: tensors as JSON and as raw bytes`() async throws {
    let server = try server()
    let plain = try await server.post(
      "/v2/models/small/infer",
      #"{"id": "7", "inputs": [{"name": "text", "shape": [2], "datatype": "BYTES", "data": ["the cat", "a"]}]}"#
    ).json()
    #expect(plain["id"] == "7")
    let outputs = try plain.array("outputs")
    #expect(outputs.map { $0["name"] } == ["scores", "flagged"])
    #expect(try outputs[0].ints("shape") == [2, 3])
    #expect(try outputs[0].array("data").count == 6)
    let json =
      #"{"inputs":[{"name":"text","shape":[2,1],"datatype":"BYTES","parameters":{"binary_data_size":16}}],"outputs":[{"name":"scores"}]}"#
    let raw = json + "\u{7}\0\0\0the cat\u{1}\0\0\0a"
    let packed = try await server.post(
      "/v2/models/small/versions/1/infer", raw,
      headers: ["inference-header-content-length": String(json.utf8.count)]
    ).json()
    #expect(try packed.array("outputs") == [outputs[0]])
  }

  @Test func `KServe: what is wrong has an error`() async throws {
    let server = try server()
    func status(_ input: String, _ path: String = "/v2/models/small/infer") async throws -> Int {
      try await server.post(path, "{\"inputs\": [\(input)]}").status
    }
    let good = #"{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}"#
    #expect(try await status(good) == 200)
    #expect(try await status(good, "/v2/models/x/infer") == 404)
    #expect(try await status(good, "/v2/models/small/versions/2/infer") == 404)
    #expect(try await status(good.replacing("BYTES", with: "FP32")) == 400)
    #expect(try await status(good.replacing("[1]", with: "[2]")) == 400)
    #expect(try await status("") == 400)
    #expect(try await server.get("/v2/models/small").json().array("inputs")[0]["name"] == "text")
    #expect(try await server.get("/v2/health/ready").status == 200)
  }

  // MARK: Azure

  @Test func `Azure: severities of the categories that are asked for`() async throws {
    let server = try server(keys: ["k"])
    let headers = ["ocp-apim-subscription-key": "k"]
    let path = "/contentsafety/text:analyze?api-version=2023-10-01"
    let reply = try await server.post(
      path, #"{"text": "the cat", "categories": ["Hate", "Sexual"]}"#, headers: headers)
    let analysis = try reply.json().array("categoriesAnalysis")
    #expect(analysis.map { $0["category"] } == ["Hate", "Sexual"])
    #expect(try [0, 2, 4, 6].contains(analysis[0].int("severity")))
    #expect(analysis[1]["severity"] == 0)
    #expect(try await server.post(path, #"{"text": "a"}"#).status == 401)
    for body in [#"{"text": ""}"#, #"{"text": "a", "categories": ["X"]}"#] {
      let reply = try await server.post(path, body, headers: headers)
      #expect(reply.status == 400)
      #expect(try reply.json().value("error").string("code") == "InvalidRequestBody")
    }
  }

  @Test(arguments: [
    (0.0, 0, 0), (0.24, 0, 0), (0.3, 1, 0), (0.5, 2, 2), (0.7, 4, 4), (0.99, 7, 6), (1.0, 7, 6),
  ])
  func `Azure: a severity begins at the threshold`(score: Double, eight: Int, four: Int) {
    let verdict = Verdict(
      text: "",
      labels: [LabelVerdict(name: "hate", score: Float(score), threshold: 0.5, severity: .low)],
      tokenCount: 1)
    let entry = APITable.Entry(name: "Hate", labels: ["hate"])
    #expect(AzureAPI.severity(entry, verdict, levels: 8) == eight)
    #expect(AzureAPI.severity(entry, verdict, levels: 4) == four)
  }
}

/// The spam checker of Matrix's Synapse.
@Suite struct MatrixTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private static let path = "/api/1/spam_check/check_event_for_spam"

  @Test(arguments: [(0.0, 403), (1.0, 200)])
  func `An event that is flagged is refused, others pass`(threshold: Double, status: Int)
    async throws
  {
    let server = InProcess(try ServerState([try models.classifier(threshold: threshold)]))
    let reply = try await server.post(
      Self.path, #"{"event": {"type": "m.room.message", "content": {"body": "the cat"}}}"#)
    #expect(reply.status == status)
    if status == 403 {
      #expect(try reply.json()["errcode"] == "M_FORBIDDEN")
      #expect(try reply.json().string("error").hasSuffix("offensive, threatening, hate."))
    } else {
      #expect(try reply.json() == [:])
    }
    // An encrypted event has nothing to judge.
    let sealed = try await server.post(
      Self.path, #"{"event": {"type": "m.room.encrypted", "content": {"ciphertext": "x"}}}"#)
    #expect(sealed.status == 200)
  }

  @Test func `All texts that people see are judged, once each`() throws {
    let event = try JSONValue(
      parsing:
        #"{"content": {"body": "* a", "formatted_body": "<b>x</b> &lt;y &amp;lt;", "m.new_content": {"body": "a", "formatted_body": "a"}, "url": "u"}}"#
    )
    #expect(try MatrixAPI.texts(of: event.object()) == ["* a", "x <y &lt;", "a"])
    let room = try JSONValue(
      parsing: #"{"content": {"topic": "t", "name": " ", "displayname": "n"}}"#)
    #expect(try MatrixAPI.texts(of: room.object()) == ["t", "n"])
  }

  @Test func `What is wrong here is no JSON, which the homeserver would refuse messages for`()
    async throws
  {
    var limits = Limits()
    limits.messageTokens = 5
    let server = InProcess(
      try ServerState([try models.classifier(threshold: 1)], limits: limits, keys: ["a=k"]))
    let body = #"{"event": {"content": {"body": "a a a a a a a a"}}}"#
    for (headers, status) in [([:], 401), (["authorization": "Bearer k"], 413)] {
      let reply = try await server.post(Self.path, body, headers: headers)
      #expect(reply.status == status)
      #expect(reply.headers[.contentType]?.hasPrefix("text/plain") == true)
      #expect((try? reply.json()) == nil)
    }
    let ping = try await server.post(
      "/api/1/spam_check/ping", #"{"id": "x"}"#, headers: ["authorization": "Bearer k"])
    #expect(try ping.json() == ["id": "x", "status": "ok"])
  }
}
