import Testing

@testable import Moderation

/// Labels under the names of other services.
@Suite struct APITableTests {
  private func bundle(_ apis: String) throws -> ModerationBundle {
    try ModerationBundle(
      parsing: Array(
        """
        {"format": 1, "name": "b", "model": {"kind": "classifier", "path": "."},
         "labels": [{"name": "insult"}, {"name": "threat"}], "apis": \(apis)}
        """.utf8))
  }

  private let verdict = Verdict(
    text: "",
    labels: [
      LabelVerdict(name: "insult", score: 0.25, threshold: 0.5, severity: .low),
      LabelVerdict(name: "threat", score: 0.75, threshold: 0.5, severity: .low),
    ], tokenCount: 1)

  @Test func `A name's score is the highest of its labels, calibrated`() throws {
    let bundle = try bundle(
      """
      {"perspective": {
        "TOXICITY": {"labels": ["insult", "threat"]},
        "INSULT": {"labels": ["insult"],
                   "calibration": {"method": "isotonic", "inputs": [0, 1], "outputs": [0.5, 1]}}}}
      """)
    let entries = try #require(bundle.apis.first { $0.api == "perspective" }).entries
    #expect(entries.map { $0.score(in: verdict) } == [0.75, 0.625])
    #expect(entries.map { $0.isFlagged(in: verdict) } == [true, false])
    #expect(try ModerationBundle(parsing: Array(bundle.encoded().utf8)) == bundle)
  }

  @Test func `A score that is no number stays none`() {
    let verdict = Verdict(
      text: "",
      labels: [LabelVerdict(name: "insult", score: .nan, threshold: 0.5, severity: .low)],
      tokenCount: 1)
    #expect(APITable.Entry(name: "X", labels: ["insult"]).score(in: verdict).isNaN)
  }

  @Test(arguments: [
    (#"{"openai": {"hate": {"labels": ["hate"]}}}"#, "apis.openai.hate.labels"),
    (#"{"openai": {"hate": {"labels": []}}}"#, "apis.openai.hate.labels"),
    (#"{"openai": {"hate": {"labels": ["insult"], "x": 1}}}"#, "apis.openai.hate.x"),
    (#"{"openai": {"hate": ["insult"]}}"#, "apis.openai.hate"),
  ])
  func `What is wrong with a table is named`(apis: String, path: String) throws {
    let error = #expect(throws: ModerationError.self) { try self.bundle(apis) }
    #expect(error.map { "\($0)".contains(path) } == true)
  }
}
