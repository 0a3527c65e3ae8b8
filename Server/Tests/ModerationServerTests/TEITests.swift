import Foundation
import HTTPTypes
import JSON
import Moderation
import Tensor
import Testing

@testable import ModerationServer

/// The routes of text-embeddings-inference.
@Suite struct TEITests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(limits: Limits = Limits(), keys: [String] = []) throws -> InProcess {
    InProcess(try ServerState([try models.classifier()], limits: limits, keys: keys))
  }

  @Test(arguments: [#""a""#, #"["a"]"#, #"["a", "b"]"#])
  func `A text and a pair get a flat list of falling scores`(inputs: String) async throws {
    let list = try await server().post("/predict", "{\"inputs\": \(inputs)}").json().array()
    #expect(list.count == 3)
    let scores = try list.map { try $0.double("score") }
    #expect(scores == scores.sorted(by: >))
    #expect(Set(try list.map { try $0.string("label") }) == ["offensive", "threatening", "hate"])
  }

  @Test func `A batch gets a list of lists, pairs mixed in`() async throws {
    let server = try server()
    let json = try await server.post("/predict", #"{"inputs": [["a"], ["b"], ["c", "d"]]}"#).json()
    #expect(try json.array().count == 3)
    let alone = try await server.post("/predict", #"{"inputs": "b"}"#).json()
    #expect(json[1] == alone)
  }

  @Test(arguments: [#"["a", "b", "c"]"#, "[]", #"[["a"], "b"]"#, "3", #"[["a", "b", "c"]]"#])
  func `What is neither is a 422 in plain text`(inputs: String) async throws {
    let reply = try await server().post("/predict", "{\"inputs\": \(inputs)}")
    #expect(reply.status == 422)
    #expect(reply.headers[.contentType]?.hasPrefix("text/plain") == true)
  }

  @Test func `A body with parameters gets Hugging Face's shape, and obeys them`() async throws {
    let folder = try models.classifier()
    let server = InProcess(try ServerState([folder]))
    func lists(_ parameters: String) async throws -> [[(String, Double)]] {
      try await server.post("/", "{\"inputs\": \"the cat\", \"parameters\": \(parameters)}").json()
        .array().map { try $0.array().map { (try $0.string("label"), try $0.double("score")) } }
    }
    #expect(try await lists("{}").map(\.count) == [3])
    #expect(try await lists(#"{"top_k": 2}"#).map(\.count) == [2])
    let raw = Dictionary(
      uniqueKeysWithValues: try await lists(#"{"function_to_apply": "none"}"#)[0])
    let soft = Dictionary(
      uniqueKeysWithValues: try await lists(#"{"function_to_apply": "softmax"}"#)[0])
    let verdict = try Moderator(contentsOf: folder).moderate("the cat")
    let sum = raw.values.reduce(0) { $0 + exp($1) }
    for label in verdict.labels {
      let logit = try #require(raw[label.name])
      #expect(abs(1 / (1 + exp(-logit)) - Double(label.score)) < 1e-6)
      #expect(abs(exp(logit) / sum - (soft[label.name] ?? 0)) < 1e-6)
    }
    #expect(
      try await server.post("/", #"{"inputs": "a", "parameters": {"function_to_apply": "x"}}"#)
        .status
        == 422)
  }

  @Test func `Headers tell the times, tokens and characters`() async throws {
    let reply = try await server().post("/predict", #"{"inputs": "the 😀"}"#)
    #expect(reply.headers[.computeCharacters] == "5")
    #expect(Int(reply.headers[.computeTokens] ?? "").map { $0 >= 4 } == true)
    for name in [
      HTTPField.Name.totalTime, .queueTime, .inferenceTime, .tokenizationTime, .computeTime,
    ] {
      #expect(Int(reply.headers[name] ?? "") != nil)
    }
  }

  @Test func `Every error is as TEI has it on the wire`() async throws {
    var limits = Limits()
    limits.inputs = 2
    limits.bodyBytes = 300
    let server = try server(limits: limits, keys: ["k"])
    let key = ["authorization": "Bearer k"]
    func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) async throws
      -> InProcess.Reply
    { try await server.post(path, body, headers: key.merging(headers) { $1 }) }
    let unauthorized = try await server.post("/predict", #"{"inputs": "a"}"#)
    #expect(unauthorized.status == 401 && unauthorized.bytes.isEmpty)
    let batch = try await post("/predict", #"{"inputs": [["a"], ["a"], ["a"]]}"#)
    #expect(batch.status == 422)
    #expect(try batch.json()["error_type"] == "Validation")
    #expect(try batch.json().string("error").hasPrefix("Input validation error: batch size 3 >"))
    let long = #"{"inputs": "\#(String(repeating: "a ", count: 60))", "truncate": false}"#
    let truncated = try await post("/predict", long)
    #expect(truncated.status == 422)
    #expect(try truncated.json().string("error").contains("must have less than"))
    #expect(try await post("/predict", long.replacing("false", with: "true")).status == 200)
    let large = try await post("/predict", #"{"inputs": "\#(String(repeating: "a", count: 400))"}"#)
    #expect(large.status == 413 && large.headers[.contentType]?.hasPrefix("text/plain") == true)
    #expect(try await post("/predict", "{").status == 400)
    #expect(
      try await post("/predict", #"{"inputs": "a"}"#, ["content-type": "text/plain"]).status == 415)
    let empty = try await post("/tokenize", #"{"inputs": []}"#)
    #expect(empty.status == 400)
    #expect(try empty.json()["error_type"] == "Empty")
    let wrong = try await post("/embed", #"{"inputs": "a"}"#)
    #expect(wrong.status == 424)
    #expect(try wrong.json()["error_type"] == "Backend")
    let openAI = try await post("/embeddings", #"{"input": "a"}"#)
    #expect(openAI.status == 424)
    #expect(try openAI.json()["type"] == "Backend" && openAI.json()["code"] == 424)
  }

  @Test func `Embeddings: vectors, tokens' vectors, cosines and prompts`() async throws {
    let server = InProcess(try ServerState([try models.encoder()]))
    let vectors = try await server.post("/embed", #"{"inputs": ["the cat", "a dog"]}"#).json()
    let one = try await server.post("/embed", #"{"inputs": "the cat"}"#).json()
    #expect(try one.array().count == 1 && one[0] == vectors[0])
    let numbers = try vectors.array().map { try $0.array().map { try $0.double() } }
    let cosine = zip(numbers[0], numbers[1]).reduce(0) { $0 + $1.0 * $1.1 }
    let similarity = try await server.post(
      "/similarity",
      #"{"inputs": {"source_sentence": "the cat", "sentences": ["a dog", "the cat"]}}"#
    ).json().array()
    #expect(abs(try similarity[0].double() - cosine) < 1e-5)
    #expect(abs(try similarity[1].double() - 1) < 1e-5)
    let all = try await server.post("/embed_all", #"{"inputs": "the cat"}"#).json()
    #expect(try all.array().count == 1 && all.array()[0].array()[0].array().count == 8)
    let unknown = try await server.post("/embed", #"{"inputs": "a", "prompt_name": "nobody"}"#)
    #expect(unknown.status == 422)
    let short = try await server.post("/embed", #"{"inputs": "the cat", "dimensions": 3}"#).json()
    #expect(try short.array()[0].array().count == 3)
  }

  @Test(arguments: ["/embed", "/v1/embeddings"])
  func `A vector of no dimension is refused, whatever the model can`(path: String) async throws {
    let server = try server()
    for dimensions in ["0", "-1"] {
      let body = #"{"inputs": "the cat", "input": "the cat", "dimensions": \#(dimensions)}"#
      let answer = try await server.post(path, body)
      #expect(answer.status == (path == "/embed" ? 422 : 400))
      #expect(answer.text.contains("at least one dimension"))
    }
  }

  @Test func `Tokens come with their places, and go back to text`() async throws {
    let server = try server()
    let tokens = try await server.post("/tokenize", #"{"inputs": "the cat"}"#).json().array()[0]
      .array()
    #expect(tokens[0]["special"] == true && tokens[0]["start"] == .null)
    #expect(tokens[1]["text"] == "the" && tokens[1]["start"] == 0 && tokens[1]["stop"] == 3)
    let bare = try await server.post(
      "/tokenize", #"{"inputs": ["the cat"], "add_special_tokens": false}"#
    ).json().array()[0].array()
    #expect(bare.count == tokens.count - 2)
    let ids = try bare.map { String(try $0.int("id")) }.joined(separator: ",")
    let text = try await server.post("/decode", "{\"ids\": [\(ids)]}").json()
    #expect(try text.array().count == 1)
    #expect(try await server.post("/decode", #"{"ids": [99999]}"#).status == 422)
  }

  @Test func `Information has one kind of model, and the labels in order`() async throws {
    let info = try await server().get("/info").json()
    let type = try info.object("model_type")
    #expect(type.keys == ["classifier"])
    #expect(type["classifier"]?["id2label"]?["1"] == "threatening")
    #expect(type["classifier"]?["label2id"]?["hate"] == 2)
  }

  @Test func `Discourse's request with both of its key headers`() async throws {
    let reply = try await server(keys: ["discourse=k"]).post(
      "/predict", #"{"inputs": "the cat", "truncate": true}"#,
      headers: ["x-api-key": "k", "authorization": "Bearer k"])
    #expect(reply.status == 200)
    #expect(try reply.json().array().allSatisfy { $0["label"] != nil && $0["score"] != nil })
  }
}
