import Foundation
import JSON
import Moderation
import Testing

@testable import ModerationServer

/// `POST /v1/feedback` and Perspective's `comments:suggestscore`.
@Suite struct FeedbackTests {
  private let models: SmallModels
  private let path: String
  private let model: URL

  init() throws {
    models = try SmallModels()
    model = try models.classifier()
    path = models.path("feedback.jsonl")
  }

  private func server(path: String? = nil, keys: [String] = [], tenants: String? = nil) throws
    -> InProcess
  {
    var settings = ServerSettings()
    settings.models = [ModelRequest(source: model.path)]
    settings.threads = 1
    settings.feedbackFile = path ?? self.path
    settings.keys = keys
    settings.tenantsFile = try tenants.map { try models.file("tenants.json", $0) }
    return InProcess(try ServerState(settings))
  }

  @Test func `A report becomes an annotated line`() async throws {
    let reply = try await server().post(
      "/v1/feedback",
      #"{"text": "the 😀 cat", "labels": {"hate": 1, "offensive": false, "threatening": null}, "key": "r1", "metadata": {"reason": "missed"}}"#
    )
    #expect(reply.status == 201)
    #expect(try reply.json()["status"] == "written")
    let line = try SmallModels.lines(path)[0]
    #expect(line["text"] == "the 😀 cat")
    #expect(line["labels"] == ["hate": 1, "offensive": 0])
    let metadata = try line.value("metadata")
    #expect(metadata["reason"] == "missed" && metadata["source"] == "feedback")
    #expect(metadata["model"] == "small" && metadata["key"] == "r1")
  }

  @Test func `A key makes a report that is sent again harmless, also after a restart`() async throws
  {
    let body = #"{"text": "a", "labels": {"hate": 1}, "key": "r1"}"#
    let other = #"{"text": "a", "labels": {"hate": 0}, "key": "r1"}"#
    func check() async throws {
      let server = try server()
      let again = try await server.post("/v1/feedback", body)
      #expect(again.status == 200)
      #expect(try again.json()["status"] == "known")
      #expect(try await server.post("/v1/feedback", other).status == 409)
    }
    do { #expect(try await server().post("/v1/feedback", body).status == 201) }
    try await check()
    try await check()
    #expect(try SmallModels.lines(path).count == 1)
    let header = try await server().post(
      "/v1/feedback", #"{"text": "a", "labels": {"hate": 1}}"#, headers: ["idempotency-key": "r1"])
    #expect(header.status == 200)
  }

  @Test func `A key is its caller's own, and stands for a text, a context and labels`()
    async throws
  {
    let server = try server(keys: ["one=k1", "two=k2"])
    func status(_ body: String, _ key: String = "k1") async throws -> Int {
      try await server.post(
        "/v1/feedback", body, headers: ["authorization": "Bearer \(key)", "idempotency-key": "r"]
      ).status
    }
    let body = #"{"text": "a", "labels": {"hate": 1, "offensive": 0}}"#
    #expect(try await status(body) == 201)
    #expect(try await status(#"{"text": "b", "labels": {"hate": 1}}"#, "k2") == 201)
    #expect(try await status(#"{"text": "a", "labels": {"offensive": 0, "hate": 1}}"#) == 200)
    #expect(try await status(#"{"text": "b", "labels": {"hate": 1, "offensive": 0}}"#) == 409)
    let context = #"{"text": "a", "labels": {"hate": 1, "offensive": 0}, "context": ["x"]}"#
    #expect(try await status(context) == 409)
    #expect(try SmallModels.lines(path).count == 2)
  }

  @Test func `Reports count towards the rate of their tenant`() async throws {
    let server = try server(
      tenants: #"{"tenants": [{"name": "a", "key": "k", "rate": {"perSecond": 0.01}}]}"#)
    let statuses = [
      try await server.post(
        "/v1/feedback", #"{"text": "a", "labels": {"hate": 1}}"#,
        headers: ["authorization": "Bearer k"]
      ).status,
      try await server.post(
        "/v1/feedback", #"{"text": "b", "labels": {"hate": 1}}"#,
        headers: ["authorization": "Bearer k"]
      ).status,
    ]
    #expect(statuses == [201, 429])
    #expect(try SmallModels.lines(path).count == 1)
  }

  #if os(Linux)
    @Test func `What the disk does not take is not acknowledged, also when it comes again`()
      async throws
    {
      // One process at a time has it open, and other tests may run beside these.
      var opened: InProcess?
      for _ in 0..<500 {
        opened = try? server(path: "/dev/full")
        if opened != nil { break }
        try await Task.sleep(for: .milliseconds(20))
      }
      let server = try #require(opened)
      for _ in 0..<2 {
        let reply = try await server.post(
          "/v1/feedback", #"{"text": "a", "labels": {"hate": 1}, "key": "r"}"#)
        #expect(reply.status == 503)
        #expect(try reply.json().value("error")["code"] == "unavailable")
      }
    }
  #endif

  @Test func `Reports of many callers at once are each there once`() async throws {
    let server = try server()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<200 {
        group.addTask {
          try await server.post(
            "/v1/feedback",
            #"{"text": "t\#(index % 50)", "labels": {"hate": 1}, "key": "k\#(index % 50)"}"#
          ).status
        }
      }
      return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect(statuses == [201: 50, 200: 150])
    #expect(Set(try SmallModels.lines(path).map { try $0.string("text") }).count == 50)
    let metrics = try await server.get("/metrics").text
    #expect(metrics.contains("moderation_feedback_total{result=\"written\"} 50\n"))
  }

  @Test func `Reports that are written together are each there once`() async throws {
    let store = try FeedbackStore(path: path)
    let outcomes = try await withThrowingTaskGroup(of: FeedbackStore.Outcome.self) { group in
      for index in 0..<640 {
        let line: JSONValue = [
          "text": "a", "labels": ["hate": 1], "metadata": ["key": .string("k\(index / 32)")],
        ]
        group.addTask { try await store.add(line) }
      }
      return try await group.reduce(into: [FeedbackStore.Outcome: Int]()) {
        $0[$1, default: 0] += 1
      }
    }
    #expect(outcomes == [.written: 20, .known: 620])
    #expect(try SmallModels.lines(path).count == 20)
    await store.stop()
  }

  @Test(arguments: [
    (#"{"labels": {"hate": 1}}"#, "text"), (#"{"text": " ", "labels": {"hate": 1}}"#, "text"),
    (#"{"text": "a"}"#, "labels"), (#"{"text": "a", "labels": {}}"#, "labels"),
    (#"{"text": "a", "labels": {"spam": 1}}"#, "labels.spam"),
    (#"{"text": "a", "labels": {"hate": 0.5}}"#, "labels.hate"),
    (#"{"text": "a", "labels": {"hate": 1}, "lables": 1}"#, "lables"),
    (#"{"text": "a", "labels": {"hate": 1}, "metadata": {"time": 1}}"#, "metadata.time"),
    (#"{"text": "a", "labels": {"hate": 1}, "key": ""}"#, "key"),
    (
      #"{"text": "a", "labels": {"hate": 1}, "key": ""# + String(repeating: "k", count: 257)
        + "\"}",
      "key"
    ),
  ])
  func `What is wrong with a report is named, and nothing is kept`(body: String, place: String)
    async throws
  {
    let reply = try await server().post("/v1/feedback", body)
    #expect(reply.status == 400)
    #expect(try reply.json().value("error")["param"] == .string(place))
    #expect(try SmallModels.lines(path).isEmpty)
  }

  @Test func `A suggested score becomes labels, or the whole verdict where the label is not known`()
    async throws
  {
    let server = try server()
    func suggest(_ attribute: String, _ value: Int, token: String = "t") async throws {
      let reply = try await server.post(
        "/v1alpha1/comments:suggestscore",
        #"{"comment": {"text": "the cat"}, "attributeScores": {"\#(attribute)": {"summaryScore": {"value": \#(value)}}}, "clientToken": "\#(token)"}"#
      )
      #expect(reply.status == 200)
      #expect(try reply.json() == ["clientToken": .string(token)])
    }
    try await suggest("IDENTITY_ATTACK", 1)
    try await suggest("IDENTITY_ATTACK", 1)
    try await suggest("IDENTITY_ATTACK", 0)
    try await suggest("SPAM", 1)
    let lines = try SmallModels.lines(path)
    #expect(lines.map { $0["labels"] } == [["hate": 1], ["hate": 0], [:]])
    #expect(try lines[2].value("metadata").value("suggested").double("SPAM") == 1)
    #expect(lines[0]["metadata"]?["source"] == "perspective")
  }

  @Test func `A high score for several labels does not say which of them is true`() throws {
    let file = model.appending(path: "moderation.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let apis = #""apis": {"perspective": {"TOXICITY": {"labels": ["offensive", "hate"]}}},"#
    try models.write(
      text.replacing(#""languages""#, with: apis + #""languages""#), to: file)
    let bundle = try ServerState([model]).models.all[0].moderator.bundle
    func labels(_ value: Double) -> [String] {
      PerspectiveSuggestion.row("a", [("TOXICITY", value)], bundle: bundle).labels.map {
        "\($0.name) \($0.truth)"
      }
    }
    #expect(labels(1) == ["flagged true"])
    #expect(labels(0) == ["offensive false", "hate false"])
  }

  @Test func `Without a file, feedback is refused and suggestions are read and not kept`()
    async throws
  {
    let server = InProcess(try ServerState([model]))
    let reply = try await server.post("/v1/feedback", #"{"text": "a", "labels": {"hate": 1}}"#)
    #expect(reply.status == 400)
    #expect(try reply.json().value("error")["code"] == "unsupported")
  }
}
