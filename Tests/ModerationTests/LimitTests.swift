import Testing
import Tokenizers

@testable import Moderation

/// One beyond each limit of the table in TrustAndLimits. Those of windows and of spelling out words are in
/// TransformerClassifierTests and RespellerTests.
@Suite struct LimitTests {
  @Test func `row "a text": one byte more is the error of its message, and of no other`() throws {
    let limit = Tokenizer.longestText
    #expect(limit == 4 << 20)
    let bundle = ModerationBundle(
      name: "x", model: ModelReference(kind: .classifier, path: "model", prompt: "query: "),
      labels: [LabelDefinition(name: "bad")])
    let moderator = try Moderator(
      bundle: bundle,
      classifier: FakeClassifier(
        heads: [HeadClasses(name: "", classes: ["bad"])], scores: [:]))
    let room = limit - "query: ".utf8.count
    let results = moderator.moderateEach([
      Message(String(repeating: "a", count: room)), Message("b"),
      Message(String(repeating: "a", count: room + 1)),
    ])
    #expect((try? results[0].get()) != nil && (try? results[1].get()) != nil)
    #expect(throws: ModerationError.textTooLong(bytes: limit + 1, limit: limit)) {
      try results[2].get()
    }
  }

  @Test func `row "levels of replies": the millionth is refused`() throws {
    func tree(_ levels: Int) -> [UInt8] {
      Array(
        (String(repeating: #"{"text": "", "replies": ["#, count: levels) + #"{"text": ""}"#
          + String(repeating: "]}", count: levels)).utf8)
    }
    #expect(try MessageTree(parsing: tree(999_999)).nodes.count == 1_000_000)
    #expect {
      _ = try MessageTree(parsing: tree(1_000_000))
    } throws: {
      "\($0)".contains("nested deeper than 2000000 levels")
    }
  }

  private func message(_ keys: String, label: String = #"{"name": "l"}"#) -> String {
    let text = """
      {"format": 1, "name": "x", "model": {"kind": "classifier", "path": "."}, \(keys)
       "labels": [\(label)]}
      """
    do {
      _ = try ModerationBundle(parsing: Array(text.utf8))
      return "no error"
    } catch { return "\(error)" }
  }

  private func list(_ count: Int, _ entry: (Int) -> String) -> String {
    (0..<count).map(entry).joined(separator: ", ")
  }

  @Test func `row "lists of moderation.json": the 1,001st entry is refused`() {
    let names = { (count: Int) in list(count) { #"{"name": "l\#($0)"}"# } }
    #expect(message("", label: names(1000)) == "no error")
    #expect(
      message("", label: names(1001))
        == "moderation.json: labels has 1001 entries; at most 1000 are read")
    let actions = { (count: Int) in "\"actions\": {\(list(count) { "\"a\($0)\": \"t\"" })}," }
    #expect(message(actions(1000)) == "no error")
    #expect(message(actions(1001)).contains("actions has 1001 entries"))
    let mentions = list(1001) { _ in "\"a0\"" }
    #expect(
      message(actions(1), label: "{\"name\": \"l\", \"actions\": {\"author\": [\(mentions)]}}")
        .contains("author has 1001 entries"))
    let scores = list(1001) { _ in "{}" }
    #expect(
      message("", label: "{\"name\": \"l\", \"scores\": [\(scores)]}").contains(
        "scores has 1001 entries"))
    let entries = { (count: Int) in
      list(count) { "\"n\($0)\": {\"labels\": [\"l\"]}" }
    }
    #expect(message("\"apis\": {\"openai\": {\(entries(1000))}},") == "no error")
    #expect(
      message("\"apis\": {\"openai\": {\(entries(1001))}},").contains("openai has 1001 entries"))
  }

  @Test func `row "prefixes of contexts": 257 bytes, and a 1,001st value, are refused`() {
    func context(template: Int = 2, values: Int = 1, length: Int = 3) -> String {
      let texts = list(values) { index in
        "\"" + String(repeating: "v", count: length - 1 - String(index).count) + "x\(index)\""
      }
      let template = String(repeating: "{", count: template - 1) + "}"
      return """
        "context": {"template": "\(template)", "dimensions": [{"name": "d", "values": [\(texts)]}]},
        """
    }
    #expect(message(context(template: 256, values: 1000, length: 256)) == "no error")
    #expect(message(context(template: 257)).contains("template has a text of 257 bytes"))
    #expect(message(context(length: 257)).contains("values has a text of 257 bytes"))
    #expect(message(context(values: 1001, length: 8)).contains("values has 1001 entries"))
  }
}
