import Foundation
import HTTPTypes
import JSON
import Testing

@testable import ModerationServer

/// The page at `/`. What it does in a browser is tested with one, in `Tests/Clients`.
@Suite struct PlaygroundTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  @Test func `A browser gets a page that lets nothing in, another client TEI's empty answer`()
    async throws
  {
    let server = InProcess(try ServerState([try models.classifier()], keys: ["a=k"]))
    let browser = ["accept": "text/html,application/xhtml+xml,*/*;q=0.8"]
    let page = try await server.get("/", headers: browser)
    #expect(page.status == 200 && page.bytes.count < 60_000)
    let policy = page.headers[.contentSecurityPolicy] ?? ""
    #expect(policy.hasPrefix("default-src 'none'; ") && !policy.contains("unsafe"))
    let nonce = policy.split(separator: "'nonce-").dropFirst().first?.prefix { $0 != "'" } ?? ""
    #expect(nonce.count == 32)
    #expect(page.text.split(separator: "nonce=\"\(nonce)\"").count == 3)
    #expect(!page.text.contains("{{") && !page.text.contains("innerHTML"))
    let again = try await server.get("/", headers: browser).headers[.contentSecurityPolicy]
    #expect(again != policy)
    for headers in [[:], ["accept": "*/*"]] {
      let reply = try await server.get("/", headers: headers)
      #expect(reply.status == 200 && reply.bytes.isEmpty)
    }
  }

  @Test func `A server can go without the page`() async throws {
    var settings = ServerSettings()
    settings.models = [ModelRequest(source: try models.classifier().path)]
    settings.hasPlayground = false
    let server = InProcess(try ServerState(settings))
    #expect(try await server.get("/", headers: ["accept": "text/html"]).bytes.isEmpty)
  }

  @Test func `The list of models has labels and actions, with the caller's thresholds`()
    async throws
  {
    var settings = ServerSettings()
    settings.models = [ModelRequest(source: try models.classifier(range: 0...1).path)]
    settings.keys = ["plain=p"]
    settings.tenantsFile = try models.file(
      "tenants.json",
      #"{"tenants": [{"name": "a", "key": "k", "model": "small", "thresholds": {"hate": 0.9}}]}"#)
    let server = InProcess(try ServerState(settings))
    for (key, threshold) in [("p", 0.5), ("k", 0.9)] {
      let model = try await server.get(
        "/v1/models/small", headers: ["authorization": "Bearer \(key)"]
      ).json()
      let hate = try model.array("labels")[2]
      #expect(hate["name"] == "hate" && hate["severity"] == "medium")
      #expect(try hate.double("threshold") == threshold)
      #expect(hate["actions"]?["author"] == ["warn"])
      #expect(model["actions"]?["warn"] == "Warn the author.")
    }
  }
}
