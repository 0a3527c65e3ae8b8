import Foundation
import HTTPTypes
import JSON
import Moderation
import Tensor
import Testing

@testable import ModerationServer

/// `POST /v1/moderate`.
@Suite struct NativeAPITests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(limits: Limits = Limits(), keys: [String] = []) throws -> InProcess {
    InProcess(try ServerState([try models.classifier()], limits: limits, keys: keys))
  }

  private func verdict(_ text: String, _ folder: URL) throws -> JSONValue {
    try Moderator(contentsOf: folder, options: .init(processor: Processor(threads: 1)))
      .moderate(text).json
  }

  @Test func `One message gets the verdict that the library gives`() async throws {
    let folder = try models.classifier()
    let server = InProcess(try ServerState([folder]))
    let reply = try await server.post("/v1/moderate", #"{"text": "the cat sat", "model": "small"}"#)
    #expect(reply.status == 200)
    #expect(try reply.json() == verdict("the cat sat", folder))
  }

  @Test func `Many messages get a result each, and a bad one its own error`() async throws {
    let reply = try await server().post(
      "/v1/moderate",
      #"{"messages": [{"text": "the cat", "id": 7}, {"txt": "x"}, {"text": "the dog", "context": ["adult"]}]}"#
    )
    let results = try reply.json().array("results")
    #expect(reply.status == 200 && results.count == 3)
    #expect(results[0]["id"] == 7 && results[0]["labels"] != nil)
    #expect(try results[1].value("error").string("message") == "text is missing")
    // The bundle has no contexts.
    #expect(results[2]["error"] != nil && results[2]["labels"] == nil)
  }

  @Test func `Replies are judged below their comment`() async throws {
    let reply = try await server().post(
      "/v1/moderate",
      #"{"text": "a", "replies": [{"text": "b", "id": "r", "replies": [{"text": "c"}]}, {"text": "d"}]}"#
    )
    let json = try reply.json()
    let replies = try json.array("replies")
    #expect(replies.map { $0["text"] } == ["b", "d"])
    #expect(replies[0]["id"] == "r")
    #expect(try replies[0].array("replies").map { $0["text"] } == ["c"])
  }

  @Test func `Spans are the sentences, in UTF-16 units`() async throws {
    let text = "The cat 😀 sat. The dog ran!"
    let reply = try await server().post(
      "/v1/moderate", #"{"text": "\#(text)", "spans": true}"#)
    let spans = try reply.json().array("spans")
    let units = Array(text.utf16)
    let cut = try spans.map {
      String(decoding: units[try $0.int("begin")..<$0.int("end")], as: UTF16.self)
    }
    #expect(cut == ["The cat 😀 sat.", "The dog ran!"])
    #expect(try spans[0].value("scores").double("offensive") > 0)
  }

  @Test func `The query of a list asks for spans and names the model, and is checked`() async throws
  {
    let server = try server()
    let list = try await server.post("/v1/moderate?spans=true", #"[{"text": "the cat"}]"#)
    #expect(try list.json().array("results")[0].array("spans").count == 1)
    let none = try await server.post("/v1/moderate?spans=false", #"[{"text": "the cat"}]"#)
    #expect(try none.json().array("results")[0]["spans"] == nil)
    let wrong = try await server.post("/v1/moderate?spans=yes", #"[{"text": "the cat"}]"#)
    #expect(wrong.status == 400 && wrong.text.contains("spans"))
    let unknown = try await server.post("/v1/moderate?model=nobody", #"[{"text": "the cat"}]"#)
    #expect(unknown.status == 404)
  }

  @Test func `JSON Lines are answered line by line, errors in their places`() async throws {
    let reply = try await server().post(
      "/v1/moderate", "{\"text\": \"a\"}\n{bad\n\n{\"text\": \"b\", \"id\": 3}",
      headers: ["content-type": "application/x-ndjson"])
    let lines = reply.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(try JSONValue(parsing: lines[0])["text"] == "a")
    let error = try JSONValue(parsing: lines[1])
    #expect(error["line"] == 2)
    #expect(error["error"]?["code"] == "malformed_json")
    #expect(try JSONValue(parsing: lines[2])["id"] == 3)
  }

  @Test func `A thousand mixes of single messages and batches give the bits of each alone`()
    async throws
  {
    let folder = try models.classifier()
    var limits = Limits()
    limits.queuedTokens = .max
    limits.request = .seconds(600)
    let server = InProcess(try ServerState([folder], limits: limits))
    let words = ["the", "cat", "dog", "quick", "fox", "running", "zzz", "😀", "mat"]
    var generator = Generator(state: 7)
    let texts = (0..<40).map { _ in
      (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        words.randomElement(using: &generator)!
      }.joined(separator: " ")
    }
    let alone = try texts.map { try verdict($0, folder) }
    let mixes = (0..<1000).map { _ in
      (0..<[1, 1, 2, 7, 20].randomElement(using: &generator)!).map { _ in
        Int.random(in: 0..<texts.count, using: &generator)
      }
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for mix in mixes {
        group.addTask {
          let messages = mix.map { #"{"text": "\#(texts[$0])"}"# }.joined(separator: ",")
          let reply = try await server.post("/v1/moderate", "[\(messages)]")
          return try reply.json().array("results") == mix.map { alone[$0] }
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }

  @Test func `What is wrong with a request has its status`() async throws {
    var limits = Limits()
    limits.bodyBytes = 200
    limits.inputs = 2
    limits.messageTokens = 5
    let server = try server(limits: limits)
    func status(_ body: String, type: String = "application/json") async throws -> Int {
      try await server.post("/v1/moderate", body, headers: ["content-type": type]).status
    }
    #expect(try await status("{") == 400)
    #expect(try await status("{}") == 400)
    #expect(try await status(#"{"text": 3}"#) == 400)
    #expect(try await status(#"{"text": "a", "model": "x"}"#) == 404)
    #expect(try await status(#"{"text": "a"}"#, type: "text/plain") == 415)
    #expect(try await status(#"[{"text":"a"},{"text":"a"},{"text":"a"}]"#) == 413)
    #expect(try await status(String(repeating: "[", count: 150)) == 400)
    #expect(try await status(#"{"text": "\#(String(repeating: "a ", count: 200))"}"#) == 413)
    #expect(try await status(#"{"text": "a a a a a a a a a"}"#) == 413)
    #expect(try await status(#"{"text": "a a"}"#) == 200)
  }

  @Test func `A path that there is not, and a method that a path has not`() async throws {
    let server = try server()
    #expect(try await server.get("/nothing").status == 404)
    let reply = try await server.send(.delete, "/v1/moderate", "", [:])
    #expect(reply.status == 405)
    #expect(reply.headers[.allow] == "POST")
  }

  @Test func `Keys open, probes need none, and the log has the name alone`() async throws {
    let server = try server(keys: ["team=hunter2", "other=swordfish"])
    let body = #"{"text": "secret words"}"#
    #expect(try await server.post("/v1/moderate", body).status == 401)
    #expect(
      try await server.post("/v1/moderate", body, headers: ["authorization": "Bearer hunter"])
        .status
        == 401)
    for header in [
      "authorization": "Bearer hunter2", "x-api-key": "swordfish",
      "ocp-apim-subscription-key": "hunter2",
    ] {
      let reply = try await server.post(
        "/v1/moderate", body, headers: [header.key: header.value])
      #expect(reply.status == 200)
    }
    for path in ["/health", "/health/live", "/health/ready", "/metrics", "/ping"] {
      #expect(try await server.get(path).status == 200)
    }
    let log = server.log.joined()
    #expect(log.contains(#""key":"team""#) && log.contains(#""key":"other""#))
    for secret in ["hunter2", "swordfish", "secret words"] { #expect(!log.contains(secret)) }
  }

  @Test func `Ids come in and go out, and stand in the log`() async throws {
    let server = try server()
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    let reply = try await server.post(
      "/v1/moderate", #"{"text": "a"}"#,
      headers: ["x-request-id": "abc-1", "traceparent": trace])
    #expect(reply.headers[.requestID] == "abc-1")
    let header: String? = reply.headers[.traceparent]
    let parent = try #require(header)
    #expect(parent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") && parent.hasSuffix("-01"))
    #expect(!parent.contains("b7ad6b7169203331"))
    let found = server.log.last { $0.contains("abc-1") }
    let line = try #require(found)
    #expect(line.contains("0af7651916cd43dd8448eb211c80319c"))
    #expect(line.contains(#""route":"/v1/moderate""#))
  }

  @Test func `A server that drains says that it is not ready, and is alive`() async throws {
    let server = try server()
    server.state.drain()
    #expect(try await server.get("/health/ready").status == 503)
    #expect(try await server.get("/health").json()["error_type"] == "Unhealthy")
    #expect(try await server.get("/health/live").status == 200)
  }
}

/// The same numbers in every run.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
