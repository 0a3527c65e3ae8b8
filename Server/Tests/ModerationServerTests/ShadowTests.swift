import Foundation
import JSON
import Moderation
import Synchronization
import Testing

@testable import ModerationServer

/// Models that judge along without being heard.
@Suite struct ShadowTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func server(rate: Double = 1) throws -> InProcess {
    var settings = ServerSettings()
    settings.models = [ModelRequest(source: try models.classifier(named: "old", threshold: 1).path)]
    settings.threads = 1
    settings.shadows = [
      ShadowRequest(
        model: ModelRequest(source: try models.classifier(named: "new", threshold: 0).path),
        rate: rate)
    ]
    settings.audit = AuditSettings(
      path: models.path("audit.jsonl"), keyFile: try models.file("key", "0123456789abcdef"))
    return InProcess(try ServerState(settings))
  }

  private func counts(_ server: InProcess, _ name: String) async throws -> [String: Int] {
    var found: [String: Int] = [:]
    for line in try await server.get("/metrics").text.split(separator: "\n")
    where line.hasPrefix(name + "{") {
      let parts = line.split(separator: " ")
      found[String(parts[0].dropFirst(name.count))] = Int(parts[1])
    }
    return found
  }

  private func settle(_ server: InProcess) async throws {
    let compared = #"{result="compared",shadow="new"}"#
    for _ in 0..<500 {
      let found = try await counts(server, "moderation_shadow_messages_total")
      if (found[compared] ?? 0) >= 30 { return }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  @Test func `Answers are the same, and disagreements are counted and logged`() async throws {
    let server = try server()
    let alone = InProcess(try ServerState([try models.classifier(named: "alone", threshold: 1)]))
    let none = try await counts(server, "moderation_shadow_disagreements_total")
    #expect(none.count == 6 && none.values.allSatisfy { $0 == 0 })
    for index in 0..<10 {
      let body = #"[{"text": "a \#(index)"}, {"text": "the cat"}, {"text": "b"}]"#
      let reply = try await server.post("/v1/moderate", body).json()
      #expect(try reply["results"] == (await alone.post("/v1/moderate", body).json())["results"])
    }
    try await settle(server)
    let found = try await counts(server, "moderation_shadow_disagreements_total")
    for label in ["offensive", "threatening", "hate"] {
      #expect(found[#"{direction="flags",label="\#(label)",shadow="new"}"#] == 30)
      #expect(found[#"{direction="clears",label="\#(label)",shadow="new"}"#] == 0)
    }
    let lines = try SmallModels.lines(models.path("audit.jsonl")).filter { $0["event"] == "shadow" }
    #expect(lines.count == 30)
    #expect(lines[0]["shadow"] == "new" && lines[0]["model"] == "old")
    let disagreement = try lines[0].value("disagreements").value("hate")
    #expect(try disagreement.bool("flagged") && disagreement.double("threshold") == 0)
    #expect(lines[0]["answered"]?["hate"]?["flagged"] == false && lines[0]["text"] == nil)
  }

  private final class Flag: Sendable {
    let value = Mutex(false)
  }

  @Test func `A shadow waits until the server is idle, and drops what it cannot keep up with`()
    async throws
  {
    let state = try ServerState([
      try models.classifier(named: "one", threshold: 0, contexts: ["cat"])
    ])
    let others = try ServerState([
      try models.classifier(named: "two", threshold: 1), try models.classifier(named: "never"),
    ]).models.all
    let factory = PrometheusFactory()
    let isIdle = Flag()
    let runner = ShadowRunner(
      ModelRegistry(others), rates: [1, 0], factory: factory, audit: nil
    ) { isIdle.value.withLock { $0 } }
    func item(_ message: Message) throws -> ShadowRunner.Item {
      let verdict = try state.models.all[0].moderator.moderate([message])[0]
      return ShadowRunner.Item(message: message, verdict: verdict, head: JSONObject())
    }
    func count(_ result: String, of shadow: String = "two") -> Int {
      let name = #"moderation_shadow_messages_total{result="\#(result)",shadow="\#(shadow)"} "#
      return factory.text().split(separator: "\n").first { $0.hasPrefix(name) }.flatMap {
        Int($0.dropFirst(name.count))
      } ?? -1
    }
    // The shadow has no contexts, so it fails on the second message.
    let small = [try item(Message("the cat")), try item(Message("a", context: ["cat"]))]
    var large = small[0]
    large.message.text = String(repeating: "a", count: 1 << 20)
    runner.offer(small + Array(repeating: large, count: 9))
    #expect(count("dropped") == 2)
    try await Task.sleep(for: .milliseconds(50))
    #expect(count("compared") == 0 && count("failed") == 0)
    isIdle.value.withLock { $0 = true }
    for _ in 0..<500 where count("compared") == 0 || count("failed") == 0 {
      try await Task.sleep(for: .milliseconds(10))
    }
    isIdle.value.withLock { $0 = false }
    #expect(count("failed") == 1)
    for result in ["compared", "dropped", "failed"] { #expect(count(result, of: "never") == 0) }
    // It clears what was flagged.
    let clears = #"{direction="clears",label="hate",shadow="two"} 0"#
    #expect(!factory.text().contains("disagreements_total" + clears))
    await runner.stop()
  }

  @Test func `A rate is a share of the messages`() async throws {
    #expect(
      try ShadowRequest(parsing: "new=/a/b:0.25")
        == ShadowRequest(model: ModelRequest(name: "new", source: "/a/b"), rate: 0.25))
    #expect(
      try ShadowRequest(parsing: "/a/b") == ShadowRequest(model: ModelRequest(source: "/a/b")))
    #expect(throws: ServerError.self) { try ShadowRequest(parsing: "/a/b:1.5") }
    let server = try server(rate: 0)
    _ = try await server.post("/v1/moderate", #"{"text": "a"}"#)
    #expect(server.state.shadow?.waiting == 0)
  }
}
