import Foundation
import JSON
import Testing

@testable import Moderation

@Suite struct VerdictTests {
  static func verdict(on text: String) throws -> Verdict {
    try Moderator(bundle: .directions, classifier: FakeClassifier.directions).moderate(text)
  }

  @Test func `A verdict is one line of JSON in the order of the contract`() throws {
    let line = String(decoding: try Self.verdict(on: "I'm \"x\"\n").json.encoded(), as: UTF8.self)
    #expect(
      line == #"""
        {"text":"I'm \"x\"\n","flagged":true,"labels":{\#
        "self_harm":{"score":0.9,"flagged":true,"severity":"critical"},\#
        "harming_others":{"score":0.0,"flagged":false,"severity":"high"},\#
        "harmed_by_others":{"score":0.0,"flagged":false,"severity":"medium"},\#
        "reference_to_harm":{"score":0.0,"flagged":false,"severity":"low"}},\#
        "actions":{"author":["helpline"],"readers":["trigger-warning"]},\#
        "directions":[{"from":"author","to":"author","label":"self_harm"}],\#
        "tokens":4,"truncated":false}
        """#)
    #expect(try Self.verdict(on: "a").json["base"] == "no harm")
  }

  @Test func `Encoders give the same shape`() throws {
    let verdict = try Self.verdict(on: "He's told")
    let encoded = try JSONEncoder().encode(verdict)
    let again = try JSONValue(parsing: Array(encoded))
    // An encoder has its own spelling of numbers and order of keys.
    #expect(again["text"] == verdict.json["text"])
    #expect(again["flagged"] == true)
    #expect(again["actions"] == verdict.json["actions"])
    #expect(again["directions"] == verdict.json["directions"])
    #expect(again["tokens"] == verdict.json["tokens"])
    for label in verdict.labels {
      let found = try again.value("labels").value(label.name)
      #expect(try found.float("score") == label.score)
      #expect(try found.string("severity") == label.severity.rawValue)
    }
  }

  @Test func `Scores carry enough digits to read back the same float`() throws {
    for score in [Float(0.1), 1e-7, 0.333333343, 1.5e-38, 0.99999994] {
      let label = LabelVerdict(name: "a", score: score, threshold: 0.5, severity: .low)
      let verdict = Verdict(text: "", labels: [label], tokenCount: 2)
      let again = try JSONValue(parsing: verdict.json.encoded())
      #expect(try again.value("labels").value("a").float("score") == score)
    }
  }

  @Test func `The graph has an edge for each direction, and text cannot break out of it`() throws {
    let dot = HarmGraph.dot([
      try Self.verdict(on: "I'm told"), try Self.verdict(on: #"a"]; evil \n [x="#),
    ])
    #expect(dot.contains(#"author_1 -> author_1 [label="self_harm 0.90"];"#))
    #expect(dot.contains(#"others_1 -> others_1 [label="reference_to_harm 0.70"];"#))
    #expect(dot.contains(#"label="a\"]; evil \\n [x=";"#))
    #expect(dot.hasPrefix("digraph moderation {"))
    #expect(dot.hasSuffix("}\n"))
    #expect(!dot.contains("_2 ->"))
  }
}
