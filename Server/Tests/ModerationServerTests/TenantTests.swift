import Foundation
import HTTPTypes
import JSON
import Testing

@testable import ModerationServer

/// Keys with a model, thresholds and a rate of their own.
@Suite struct TenantTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func settings(_ tenants: String, range: ClosedRange<Double>? = 0...1) throws
    -> ServerSettings
  {
    var settings = ServerSettings()
    settings.models = [
      ModelRequest(source: try models.classifier(named: "one", range: range).path),
      ModelRequest(source: try models.classifier(named: "two", threshold: 0.01).path),
    ]
    settings.threads = 1
    settings.tenantsFile = try models.file("tenants.json", tenants)
    return settings
  }

  private static func bearer(_ key: String) -> [String: String] {
    ["authorization": "Bearer \(key)"]
  }

  @Test func `Two tenants have two policies in one process`() async throws {
    let server = InProcess(
      try ServerState(
        try settings(
          #"""
          {"tenants": [
            {"name": "strict", "key": "k1", "model": "one", "thresholds": {"hate": 0, "offensive": 0}},
            {"name": "lax", "key": "k2", "model": "one",
             "thresholds": {"hate": 1, "offensive": 1, "threatening": 1}},
            {"name": "other", "key": "k3", "model": "two"}
          ]}
          """#)))
    let body = #"{"text": "the cat sat"}"#
    func answer(_ key: String) async throws -> JSONValue {
      try await server.post("/v1/moderate", body, headers: Self.bearer(key)).json()
    }
    let (strict, lax) = (try await answer("k1"), try await answer("k2"))
    for name in ["hate", "offensive"] {
      let (one, other) = (try strict.object("labels")[name], try lax.object("labels")[name])
      #expect(one?["flagged"] == true && other?["flagged"] == false)
      #expect(one?["score"] == other?["score"])
    }
    #expect(try strict.value("actions").array("author") == ["warn"])
    #expect(try lax.value("actions").array("author").isEmpty)
    // Every API decides by the tenant's thresholds.
    let moderation = try await server.post(
      "/v1/moderations", #"{"input": "the cat sat"}"#, headers: Self.bearer("k2")
    ).json()
    #expect(try moderation.array("results")[0]["flagged"] == false)
    // The key chooses the model; another one is not there for it.
    let batch = try await server.post("/v1/moderate", "[\(body)]", headers: Self.bearer("k3"))
    #expect(try batch.json()["model"] == "two")
    let named = try await server.post(
      "/v1/moderate", #"{"text": "a", "model": "one"}"#, headers: Self.bearer("k3"))
    #expect(named.status == 404)
    let list = try await server.get("/v1/models", headers: Self.bearer("k3")).json()
    #expect(try list.array("data").map { $0["id"] } == ["two"])
    #expect(try await server.post("/v1/moderate", body).status == 401)
  }

  @Test(arguments: [
    (#"{"tenants": [{"name": "a"}]}"#, "tenants[0].key is missing"),
    (#"{"tenants": [{"name": "a", "key": "k", "modle": "x"}]}"#, "tenants[0].modle"),
    (#"{"tenants": [{"name": "a", "key": "k k"}]}"#, "tenants[0].key"),
    (#"{"tenants": [{"name": "a", "key": "k"}, {"name": "b", "key": "k"}]}"#, "another tenant's"),
    (#"{"tenants": [{"name": "a", "key": "k"}, {"name": "a", "key": "l"}]}"#, "two keys are named"),
    (#"{"tenants": [{"name": "a", "key": "k", "model": "x"}]}"#, "no model is named \"x\""),
    (#"{"tenants": [{"name": "a", "key": "k", "thresholds": {"hate": 1}}]}"#, "need a \"model\""),
    (
      #"{"tenants": [{"name": "a", "key": "k", "model": "one", "thresholds": {"spam": 0.5}}]}"#,
      "thresholds.spam: the model has no label"
    ),
    (
      #"{"tenants": [{"name": "a", "key": "k", "model": "one", "thresholds": {"hate": 0.1}}]}"#,
      "thresholds.hate is 0.1; the bundle allows 0.3 to 0.7"
    ),
    (
      #"{"tenants": [{"name": "a", "key": "k", "model": "one", "thresholds": {"hate": 0.8}}]}"#,
      "thresholds.hate is 0.8; the bundle allows 0.3 to 0.7"
    ),
    (
      #"{"tenants": [{"name": "a", "key": "k", "model": "two", "thresholds": {"hate": 0.5}}]}"#,
      "thresholds.hate is 0.5; the bundle allows 0.01 to 0.01"
    ),
    (
      #"{"tenants": [{"name": "a", "key": "k", "rate": {"perSecond": 0}}]}"#,
      "tenants[0].rate.perSecond must be above 0"
    ),
    (
      #"{"tenants": [{"name": "a", "key": "k", "rate": {"perSecond": 1, "burst": 0.5}}]}"#,
      "tenants[0].rate.burst must be at least 1"
    ),
  ])
  func `What is wrong in the file is named`(text: String, reason: String) throws {
    let settings = try settings(text, range: 0.3...0.7)
    let error = #expect(throws: ServerError.self) { try ServerState(settings) }
    #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
  }

  @Test func `The bounds of a range are allowed`() throws {
    let settings = try settings(
      #"{"tenants": [{"name": "a", "key": "k", "model": "one", "thresholds": {"hate": 0.3, "offensive": 0.7}}]}"#,
      range: 0.3...0.7)
    let tenant = try ServerState(settings).access.tenants["a"]
    #expect(tenant?.thresholds == ["hate": 0.3, "offensive": 0.7])
  }

  @Test func `A bucket lets a burst through, then its rate, and a batch into debt`() {
    let start = ContinuousClock.now
    let bucket = TokenBucket(Rate(perSecond: 2, burst: 3), at: start)
    #expect(bucket.take(1, at: start) == nil)
    #expect(bucket.take(2, at: start) == nil)
    #expect(bucket.take(1, at: start) == 0.5)
    #expect(bucket.take(1, at: start + .milliseconds(500)) == nil)
    // Full again, and no fuller.
    #expect(bucket.take(10, at: start + .seconds(100)) == nil)
    #expect(bucket.take(1, at: start + .seconds(100)) == 4)
    #expect(bucket.take(1, at: start + .seconds(104)) == nil)
  }

  @Test func `A tenant over its rate gets 429 and the time to wait, others do not`() async throws {
    let server = InProcess(
      try ServerState(
        try settings(
          #"""
          {"tenants": [
            {"name": "slow", "key": "k1", "rate": {"perSecond": 0.001, "burst": 2}},
            {"name": "fast", "key": "k2"}
          ]}
          """#)))
    func post(_ key: String) async throws -> InProcess.Reply {
      try await server.post("/v1/moderate", #"{"text": "a"}"#, headers: Self.bearer(key))
    }
    for _ in 0..<2 { #expect(try await post("k1").status == 200) }
    let refused = try await post("k1")
    #expect(refused.status == 429)
    let wait = refused.headers[.retryAfter].flatMap { Int($0) } ?? 0
    // A slow machine has waited for some of the 1,000 seconds already.
    #expect((500...1000).contains(wait))
    #expect(try await post("k2").status == 200)
    let metrics = try await server.get("/metrics").text
    #expect(metrics.contains("moderation_rate_limited_total{key=\"slow\"} 1\n"))
  }

  @Test func `A reload fills no bucket whose rate stays`() throws {
    func tenants(_ rate: Double) -> String {
      #"""
      {"tenants": [{"name": "a", "key": "k1", "rate": {"perSecond": 0.01}},
                   {"name": "b", "key": "k2", "rate": {"perSecond": \#(rate)}}]}
      """#
    }
    var settings = try settings(tenants(0.01))
    let before = try ServerState(settings)
    let start = ContinuousClock.now
    for name in ["a", "b"] {
      #expect(before.access.tenants[name]?.bucket?.take(1, at: start) == nil)
    }
    settings.tenantsFile = try models.file("tenants.json", tenants(0.02))
    let after = try settings.access(models: before.models.all, old: before.access)
    #expect(after.tenants["a"]?.bucket?.take(1, at: start) == 100)
    #expect(after.tenants["b"]?.bucket?.take(1, at: start) == nil)
  }

  @Test func `A file that went bad changes nothing at a reload, and a good one does`() async throws
  {
    func file(_ threshold: String) -> String {
      """
      {"tenants": [{"name": "a", "key": "k", "model": "one", "thresholds": {"hate": \(threshold)}}]}
      """
    }
    let server = try await ServerProcess([
      "--model", try models.classifier(named: "one", range: 0...1).path,
      "--tenants", try models.file("tenants.json", file("0")),
    ])
    func isFlagged() async throws -> Bool {
      let body = #"{"text": "the cat"}"#
      let reply = try await server.exchange([
        "POST /v1/moderate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nConnection: close\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
      ]).text
      let json = try JSONValue(parsing: reply.split(separator: "\r\n").last.map(String.init) ?? "")
      return try json.value("labels").value("hate").bool("flagged")
    }
    func reload(expecting message: String) async throws {
      let before = server.log.count { $0.contains(message) }
      server.kill(SIGHUP)
      for _ in 0..<200 where server.log.count(where: { $0.contains(message) }) == before {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(server.log.count { $0.contains(message) } == before + 1)
    }
    #expect(try await isFlagged())
    _ = try models.file("tenants.json", file("2"))
    try await reload(expecting: "not reloaded")
    #expect(try await isFlagged())
    _ = try models.file("tenants.json", file("1"))
    try await reload(expecting: "\"reloaded\"")
    #expect(try await !isFlagged())
  }
}
