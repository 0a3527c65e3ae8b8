import Testing

@testable import ModerationEvaluation

@Suite("Slices side by side, and how near two runs are")
struct SlicesTests {
  /// Two functions, each of one kind only, in two languages.
  static let functions = (0..<20).map { index in
    let isHateful = index % 2 == 0
    return #"{"text": "\#(isHateful ? "vile" : "nice") \#(index)", "labels": {"insult": "#
      + #"\#(isHateful ? 1 : 0)}, "metadata": {"lang": "\#(isHateful ? "slur_h" : "quote_nh")"}}"#
  }.joined(separator: "\n")

  static func report(_ text: String, runs: Int) throws -> EvaluationReport {
    EvaluationReport(
      title: "words",
      parts: try (0..<runs).map { index in
        // The second reads "vile" as an insult, the first does not.
        let points = [0.5, 0.3][index % 2]
        let evaluator = try RunTests.evaluated(
          text, points: [points, 0.5, 0.5].map { OperatingPoint(threshold: $0) })
        let run = evaluator.run(.init(model: "words", dataset: "t"), bootstrap: nil)
        return .init(name: "run \(index)", run: run, evaluator: evaluator)
      })
  }

  @Test func `functions of one kind stand in one table, with an accuracy for each run`()
    throws
  {
    let report = try Self.report(Self.functions, runs: 2)
    let tables = report.sliceTables
    #expect(tables.count == 1)
    let table = try #require(tables.first)
    #expect(table.label == "insult")
    #expect(table.columns == ["run 0", "run 1"])
    #expect(table.metrics == [.accuracy])
    #expect(table.rows.map(\.value) == ["slur_h", "quote_nh"])
    #expect(table.rows[0].counts.map { $0?.accuracy } == [0, 1])
    #expect(table.rows[1].counts.map { $0?.accuracy } == [1, 1])
    #expect(table.total.rows == 20)
    #expect(table.total.counts.map { $0?.accuracy } == [0.5, 1])
    let text = try report.markdown()
    #expect(text.contains("## By lang, insult: accuracy"))
    #expect(text.contains("| lang | rows | run 0 | run 1 |"))
    #expect(text.contains("| slur\\_h | 10 | 0.0 % | 100.0 % |"))
    #expect(text.contains("| all | 20 | 50.0 % | 100.0 % |"))
  }

  @Test func `as few tables as possible: columns are runs or labels`() throws {
    let one = try Self.report(RunTests.data(), runs: 1).sliceTables
    #expect(one.map(\.columns) == [["insult", "advert"]])
    #expect(one.map(\.metrics) == [[.f1]])
    #expect(one.map(\.subject) == [nil])
    let two = try Self.report(RunTests.data(), runs: 2).sliceTables
    #expect(two.map(\.label) == ["insult", "advert"])
    #expect(two.map(\.metrics) == [[.accuracy, .f1], [.accuracy, .f1]])
    for table in two {
      let sums = table.rows.reduce(ConfusionCounts()) { $0 + ($1.counts[0] ?? ConfusionCounts()) }
      #expect(sums == table.total.counts[0])
    }
  }

  @Test func `decisions are compared on every label, annotated or not`() throws {
    let evaluators = try [0.5, 0.3].map { threshold in
      try RunTests.evaluated(
        Self.functions, points: [threshold, 0.5, 0.5].map { OperatingPoint(threshold: $0) })
    }
    let comparison = try RunComparison(
      first: ("a", evaluators[0].rows, evaluators[0].columnPoints),
      second: ("b", evaluators[1].rows, evaluators[1].columnPoints),
      bootstrap: Bootstrap(resamples: 5))
    #expect(comparison.paired.labels.map(\.name) == ["insult"])
    #expect(comparison.agreements.map(\.label) == ["insult", "advert", "silent", "flagged"])
    #expect(comparison.agreements.map(\.flipped) == [10, 0, 0, 10])
    #expect(comparison.flips == "20 of 80 decisions flip, 25.000 %.")
  }
}
