import Foundation
import HTTPTypes
import JSON
import Testing

@testable import ModerationServer

/// Admission, deadlines and reloads.
@Suite struct OverloadTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  @Test
  func `Beyond the limit requests get 429 and a time, and those that were taken their answer`()
    async throws
  {
    var limits = Limits()
    limits.queuedTokens = 16
    limits.batchTokens = 8
    let server = InProcess(try ServerState([try models.classifier()], limits: limits))
    let text = String(repeating: "the quick fox ", count: 60)
    let replies = try await withThrowingTaskGroup(of: InProcess.Reply.self) { group in
      for _ in 0..<200 {
        group.addTask { try await server.post("/v1/moderate", #"{"text": "\#(text)"}"#) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let refused = replies.filter { $0.status == 429 }
    #expect(replies.allSatisfy { [200, 429].contains($0.status) })
    #expect(!refused.isEmpty && refused.count < 200)
    for reply in refused {
      #expect(Int(reply.headers[.retryAfter] ?? "").map { $0 >= 1 } == true)
      #expect(reply.headers[.retryAfterMilliseconds] != nil)
    }
  }

  @Test func `A request that takes too long gets 503`() async throws {
    var limits = Limits()
    limits.request = .milliseconds(1)
    let server = InProcess(try ServerState([try models.classifier()], limits: limits))
    let messages = Array(repeating: #"{"text": "the quick fox"}"#, count: 5000).joined(
      separator: ",")
    let reply = try await server.post("/v1/moderate", "[\(messages)]")
    #expect([503, 408].contains(reply.status))
  }

  @Test func `A reload takes the new bundle, and one that fails changes nothing`() async throws {
    let folder = try models.classifier(threshold: 0)
    let state = try ServerState([folder])
    let server = InProcess(state)
    let old = state.models.all[0].digest
    func flagged() async throws -> Bool {
      try await server.post("/v1/moderate", #"{"text": "a"}"#).json().bool("flagged")
    }
    #expect(try await flagged())
    let file = folder.appending(path: "moderation.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try models.write("{", to: file)
    #expect(throws: (any Error).self) { try state.models.loadAgain() }
    #expect(state.models.all[0].digest == old)
    #expect(try await flagged())
    try models.write(text.replacing("\"threshold\": 0.0", with: "\"threshold\": 1"), to: file)
    state.models.replace(with: try state.models.loadAgain())
    #expect(state.models.all[0].digest != old)
    #expect(try await !flagged())
  }

  @Test func `Two models answer by name, and two of one name are refused`() async throws {
    let (one, two) = (try models.classifier(named: "one"), try models.classifier(named: "two"))
    let server = InProcess(try ServerState([one, two]))
    let reply = try await server.post("/v1/moderate", #"{"messages": [], "model": "two"}"#)
    #expect(try reply.json()["model"] == "two")
    #expect(
      try await server.get("/v1/models").json().array("data").map { $0["id"] } == ["one", "two"])
    #expect(throws: ServerError.duplicateModel("one")) { try ServerState([one, one]) }
  }
}
