import Foundation
import JSON
import Testing

@testable import ModerationServer

/// Perspective's API.
@Suite struct PerspectiveTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }
  private let path =
    "/v1alpha1/comments:analyze?key=k&alt=json"

  private func server() throws -> InProcess {
    InProcess(try ServerState([try models.classifier()], keys: ["k"]))
  }

  @Test func `The bodies that Coral sends get a summary score`() async throws {
    let server = try server()
    let body = """
      {"comment": {"text": "the cat"}, "doNotStore": true, "languages": ["EN"],
       "requestedAttributes": {"TOXICITY": {}}, "communityId": "c", "clientToken": "t"}
      """
    let reply = try await server.post(path, body)
    let json = try reply.json()
    let score = try json.value("attributeScores").value("TOXICITY").value("summaryScore")
    #expect(try (0...1).contains(score.double("value")) && score["type"] == "PROBABILITY")
    #expect(json["clientToken"] == "t" && json["languages"] == ["EN"])
    #expect(json["attributeScores"]?["TOXICITY"]?["spanScores"] == nil)
    let feedback = try await server.post(
      "/v1alpha1/comments:suggestscore?key=k",
      #"{"comment": {"text": "the cat"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}, "clientToken": "t"}"#
    )
    #expect(try feedback.json() == ["clientToken": "t"])
  }

  @Test func `Spans cut the text in UTF-16 units, and one sentence is the whole text`() async throws
  {
    let server = try server()
    func spans(_ text: String) async throws -> [String] {
      let reply = try await server.post(
        path,
        #"{"comment": {"text": "\#(text)"}, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": true}"#
      )
      let units = Array(text.utf16)
      return try reply.json().value("attributeScores").value("TOXICITY").array("spanScores").map {
        _ = try $0.value("score").double("value")
        return String(decoding: units[try $0.int("begin")..<$0.int("end")], as: UTF16.self)
      }
    }
    #expect(try await spans("👍🏽 Good. The cat 😀!") == ["👍🏽 Good.", "The cat 😀!"])
    #expect(try await spans(" the cat ") == [" the cat "])
  }

  @Test func `Scores below a threshold are left out`() async throws {
    let reply = try await server().post(
      path,
      #"{"comment": {"text": "the"}, "requestedAttributes": {"TOXICITY": {"scoreThreshold": 1.1}, "THREAT": {}}}"#
    )
    #expect(try reply.json().object("attributeScores").keys == ["THREAT"])
  }

  @Test(arguments: [
    (#"{"comment": {"text": " "}, "requestedAttributes": {"TOXICITY": {}}}"#, "COMMENT_EMPTY"),
    (#"{"comment": {"text": "a"}}"#, "NO_REQUESTED_ATTRIBUTES"),
    (#"{"comment": {"text": "a"}, "requestedAttributes": {"X": {}}}"#, "INVALID_REQUEST"),
    (
      #"{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {"scoreType": "STDDEV"}}}"#,
      "INVALID_REQUEST"
    ),
    (
      #"{"comment": {"text": "a", "type": "HTML"}, "requestedAttributes": {"TOXICITY": {}}}"#,
      "INVALID_REQUEST"
    ),
    (
      #"{"comment": {"text": "!! 12"}, "requestedAttributes": {"TOXICITY": {}}}"#,
      "LANGUAGE_DETECTION_FAILED"
    ),
    (
      #"{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}, "languages": ["om"]}"#,
      "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    ),
    ("{", "INVALID_REQUEST"),
  ])
  func `Every error has its type`(body: String, type: String) async throws {
    let reply = try await server().post(path, body)
    #expect(reply.status == 400)
    let error = try reply.json().value("error")
    #expect(error["code"] == 400 && error["status"] == "INVALID_ARGUMENT")
    #expect(try error.array("details")[0]["errorType"] == .string(type))
  }

  @Test func `A language error names the attribute and the languages, or the attribute is dropped`()
    async throws
  {
    let server = try server()
    let body =
      #"{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}, "X": {}}, "languages": ["om"], "dropUnsupportedAttributes": DROP}"#
    let error = try await server.post(path, body.replacing("DROP", with: "false")).json()
    let detail = try error.value("error").array("details")[0]
    #expect(
      detail["languageNotSupportedByAttributeError"]
        == ["requestedLanguages": ["om"], "attribute": "TOXICITY"])
    let dropped = try await server.post(path, body.replacing("DROP", with: "true"))
    #expect(dropped.status == 200)
    #expect(try dropped.json().object("attributeScores").isEmpty)
  }

  @Test func `A comment of more than 20 KB is too long, and a key that is not valid a 400`()
    async throws
  {
    let server = try server()
    let body =
      #"{"comment": {"text": "\#(String(repeating: "é", count: 10_241))"}, "requestedAttributes": {"TOXICITY": {}}}"#
    let long = try await server.post(path, body).json()
    #expect(try long.value("error").array("details")[0]["errorType"] == "COMMENT_TOO_LONG")
    let key = try await server.post("/v1alpha1/comments:analyze?key=x", body)
    #expect(key.status == 400)
    #expect(try key.json().value("error").array("details")[0]["reason"] == "API_KEY_INVALID")
    #expect(!server.log.joined().contains("key=x"))
  }

  @Test func `The discovery document names the server as its client does`() async throws {
    let json = try await server().get("/$discovery/rest?version=v1alpha1").json()
    #expect(json["rootUrl"] == "http://moderate.test/")
    let methods = try json.value("resources").value("comments").object("methods")
    #expect(methods.keys == ["analyze", "suggestscore"])
  }

  @Test func `A bundle's own table goes before the usual names, with its calibration`() async throws
  {
    let folder = try models.classifier(named: "table")
    let file = folder.appending(path: "moderation.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let table =
      #"{"perspective": {"INSULT": {"labels": ["hate", "offensive"], "calibration": "#
      + #"{"method": "isotonic", "inputs": [0, 1], "outputs": [0.25, 0.25]}}}}"#
    try models.write(
      text.replacing(#""actions": {"warn""#, with: "\"apis\": \(table), \"actions\": {\"warn\""),
      to: file)
    let server = InProcess(try ServerState([folder]))
    let reply = try await server.post(
      path, #"{"comment": {"text": "a"}, "requestedAttributes": {"INSULT": {}}}"#)
    let scores = try reply.json().value("attributeScores")
    #expect(try scores.value("INSULT").value("summaryScore").double("value") == 0.25)
    let other = try await server.post(
      path, #"{"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}}"#)
    #expect(other.status == 400)
  }
}
