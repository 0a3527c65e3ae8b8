import Foundation
import JSON
import Moderation
import Testing

@testable import ModerationServer

/// The audit log and its replay.
@Suite struct AuditTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func settings(texts: Bool = true, maximumBytes: Int? = nil) throws -> ServerSettings {
    var settings = ServerSettings()
    settings.models = [ModelRequest(source: try models.classifier(range: 0...1).path)]
    settings.threads = 1
    var audit = AuditSettings(
      path: models.path("audit.jsonl"),
      keyFile: try models.file("key", "0123456789abcdef0123456789abcdef\n"))
    audit.includesTexts = texts
    if let maximumBytes { audit.maximumBytes = maximumBytes }
    settings.audit = audit
    return settings
  }

  @Test func `A line has what the answer rested on, and no text unless it is asked for`()
    async throws
  {
    let settings = try settings(texts: false)
    let server = InProcess(try ServerState(settings))
    let reply = try await server.post(
      "/v1/moderate", #"[{"text": "the secret cat"}, {"text": "b", "context": ["adult"]}]"#,
      headers: ["x-request-id": "r-1"])
    let answer = try reply.json().array("results")
    let lines = try SmallModels.lines(models.path("audit.jsonl"))
    #expect(lines.count == 2)
    let line = lines[0]
    #expect(line["event"] == "verdict" && line["request_id"] == "r-1" && line["index"] == 0)
    #expect(line["api"] == "native" && line["model"] == "small")
    #expect(line["bundle"] == .string(server.state.models.all[0].digest))
    for (name, label) in try answer[0].object("labels") {
      let own = try line.value("labels").value(name)
      #expect(own["score"] == label["score"] && own["flagged"] == label["flagged"])
      #expect(own["threshold"] == 0.5 && own["raw"] != nil)
    }
    #expect(line["actions"] == answer[0]["actions"] && line["tokens"] == answer[0]["tokens"])
    #expect(line["text_hmac"]?.kind == .string && line["inference_ms"]?.kind == .number)
    #expect(lines[1]["index"] == 1 && lines[1]["error"] != nil)
    let whole = try String(contentsOfFile: models.path("audit.jsonl"), encoding: .utf8)
    #expect(!whole.contains("secret") && !server.log.joined().contains("secret"))
  }

  @Test func `A log replays to the same verdicts, with texts of its own or found by digest`()
    async throws
  {
    var settings = try settings()
    settings.tenantsFile = try models.file(
      "tenants.json",
      #"{"tenants": [{"name": "a", "key": "k", "model": "small", "thresholds": {"hate": 0.9}}]}"#)
    let server = InProcess(try ServerState(settings))
    for text in ["the cat", "a dog 😀 ran", "the quick fox. It sat."] {
      _ = try await server.post(
        "/v1/moderate", "{\"text\": \"\(text)\", \"spans\": true}",
        headers: ["authorization": "Bearer k"])
    }
    let log = models.path("audit.jsonl")
    let replay = try AuditReplay(of: log, settings)
    #expect(replay.same == 5 && replay.isPassed && replay.skipped == 0)

    // Without texts, those that are given are found by their digests.
    let lines = try SmallModels.lines(log)
    let silent = try lines.map { line in
      var object = try line.object()
      object["text"] = nil
      return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
    }
    let other = try models.file("silent.jsonl", silent.joined(separator: "\n") + "\n")
    #expect(try AuditReplay(of: other, settings).skipped == 5)
    let texts = try models.file("texts.jsonl", "{\"text\": \"the cat\"}\n{\"text\": \"unknown\"}\n")
    let found = try AuditReplay(of: other, texts: texts, settings)
    #expect(found.same == 1 && found.skipped == 4)

    // A score that was changed by one unit in its last place is found.
    let scores = try lines[0].value("labels").value("hate")
    let score = try scores.float("score")
    let written = String(decoding: try scores.value("score").encoded(), as: UTF8.self)
    let forged = String(decoding: lines[0].encoded(), as: UTF8.self).replacing(
      "\"score\":\(written)", with: "\"score\":\(score.nextUp)")
    let bad = try models.file("bad.jsonl", forged + "\nnot json\n")
    var reports: [String] = []
    let result = try AuditReplay(of: bad, settings) { reports.append($0) }
    #expect(result.different == [1] && result.unreadable == [2] && !result.isPassed)
    #expect(reports == ["line 1: labels is not as it was", "line 2 cannot be read"])
  }

  @Test func `A context is replayed, and what cannot be judged again is counted`() async throws {
    var settings = try settings()
    settings.models = [
      ModelRequest(source: try models.classifier(named: "one", contexts: ["cat", "fox"]).path),
      ModelRequest(source: try models.classifier(named: "two").path),
    ]
    let server = InProcess(try ServerState(settings))
    _ = try await server.post(
      "/v1/moderate", #"[{"text": "a", "context": ["cat"]}, {"text": "a", "context": ["dog"]}]"#)
    _ = try await server.post("/v1/moderate", #"{"text": "a", "model": "two"}"#)
    let path = models.path("audit.jsonl")
    let lines = try SmallModels.lines(path)
    #expect(lines.map { $0["error"] == nil } == [true, false, true])
    let replay = try AuditReplay(of: path, settings)
    #expect(replay.same == 2 && replay.skipped == 0 && replay.isPassed)
    // The other bundle is not there any more.
    settings.models.removeLast()
    let alone = try AuditReplay(of: path, settings)
    #expect(alone.same == 1 && alone.skipped == 1 && alone.isPassed)
    // A text that was put in the place of the one that was judged.
    var line = try lines[0].object()
    line["text"] = "b"
    let forged = String(decoding: JSONValue.object(line).encoded(), as: UTF8.self)
    var reports: [String] = []
    let bad = try AuditReplay(of: try models.file("bad.jsonl", forged + "\n"), settings) {
      reports.append($0)
    }
    #expect(bad.different == [1] && reports == ["line 1: text_hmac is not the text's"])
  }

  @Test func `Lines of a stream go on counting where its last pass ended`() async throws {
    let server = InProcess(try ServerState(try settings()))
    let body = (0..<150).map { "{\"text\": \"a \($0)\"}\n" }.joined()
    let reply = try await server.post(
      "/v1/moderate", body, headers: ["content-type": "application/x-ndjson"])
    #expect(reply.text.split(separator: "\n").count == 150)
    let lines = try SmallModels.lines(models.path("audit.jsonl"))
    #expect(try lines.map { try $0.int("index") } == Array(0..<150))
    #expect(try lines.map { try $0.string("text") } == (0..<150).map { "a \($0)" })
  }

  @Test func `A full file gets another name and no line is lost`() async throws {
    let server = InProcess(try ServerState(try settings(maximumBytes: 2000)))
    for index in 0..<20 {
      _ = try await server.post("/v1/moderate", #"{"text": "a \#(index)"}"#)
    }
    let folder = URL(filePath: models.path("audit.jsonl")).deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("audit.jsonl") }
    #expect(files.count > 3)
    var texts: [String] = []
    for file in files {
      let size = try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: file).path)[.size]
      #expect((size as? Int ?? 0) <= 2000)
      texts += try SmallModels.lines(folder.appending(path: file).path).map {
        try $0.string("text")
      }
    }
    #expect(Set(texts) == Set((0..<20).map { "a \($0)" }) && texts.count == 20)
  }

  @Test func `Files that are full at the same moment get names of their own`() throws {
    let path = models.path("audit.jsonl")
    for expected in ["", "-1", "-2"] {
      let name = AuditLog.name(of: path, at: "2026-01-02T03:04:05.678Z")
      #expect(name == path + ".20260102T030405678Z" + expected)
      try Data().write(to: URL(filePath: name))
    }
  }

  @Test func `After a tool has moved the file, a reload begins a new one`() async throws {
    let server = try await ServerProcess([
      "--model", try models.classifier().path, "--audit", models.path("audit.jsonl"),
      "--audit-key-file", try models.file("key", "0123456789abcdef"), "--audit-text",
    ])
    _ = try await server.moderate("one")
    let moved = models.path("moved.jsonl")
    try FileManager.default.moveItem(atPath: models.path("audit.jsonl"), toPath: moved)
    _ = try await server.moderate("two")
    server.kill(SIGHUP)
    for _ in 0..<500 where !server.log.contains(where: { $0.contains("\"reloaded\"") }) {
      try await Task.sleep(for: .milliseconds(20))
    }
    _ = try await server.moderate("three")
    #expect(try SmallModels.lines(moved).map { $0["text"] } == ["one", "two"])
    #expect(try SmallModels.lines(models.path("audit.jsonl")).map { $0["text"] } == ["three"])
  }

  @Test func `A torn last line is cut off, whole lines stay`() throws {
    let path = try models.file("lines", "{\"a\":1}\n{\"b\":2}\n{\"c\":")
    var file = try LineFile(path: path, option: "audit")
    try file.append(Array("{\"d\":4}\n".utf8))
    #expect(try SmallModels.lines(path) == [["a": 1], ["b": 2], ["d": 4]])
    #expect(throws: ServerError.self) { _ = try LineFile(path: path, option: "audit") }
    try file.append(Array("{}\n".utf8))
    #expect(try SmallModels.lines(path).count == 4)
  }

  @Test(arguments: [
    ("x\n" + String(repeating: "y", count: 200_000), 2, [1]),
    (String(repeating: "y", count: 200_000) + "\nz\nw", 200_003, [200_000, 1]),
    (String(repeating: "y", count: 200_000), 0, []), ("", 0, []), ("\n\n", 2, [0, 0]),
  ])
  func `The end of the last whole line is found from either side`(
    text: String, size: Int, lines: [Int]
  ) throws {
    let path = try models.file("lines", text)
    var seen: [Int] = []
    let forwards = try LineFile(path: path, option: "audit") { seen.append($0.count) }.size
    #expect(forwards == size && seen == lines)
    let again = try models.file("again", text)
    let backwards = try LineFile(path: again, option: "audit").size
    #expect(backwards == size)
  }

  @Test func `Without a line in the log there is no answer`() async throws {
    let settings = try settings()
    let server = InProcess(try ServerState(settings))
    let path = models.path("audit.jsonl")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    server.state.audit?.reopen()
    let reply = try await server.post("/v1/moderate", #"{"text": "a"}"#)
    #expect(reply.status == 503)
    try FileManager.default.removeItem(atPath: path)
    #expect(try await server.post("/v1/moderate", #"{"text": "a"}"#).status == 200)
    #expect(try SmallModels.lines(path).count == 1)
  }

  @Test func `A key that is too short is refused`() throws {
    var settings = try settings()
    settings.audit?.keyFile = try models.file("short", "secret\n")
    #expect(throws: ServerError.self) { try ServerState(settings) }
  }
}
