import Testing

@testable import EvaluationMetrics
@testable import ModerationEvaluation

@Suite("Bootstrap and paired significance")
struct BootstrapTests {
  @Test func `intervals agree with resampling scikit-learn's metrics`() throws {
    let golden = try Goldens.shared.get().bootstrap
    let rows = try rows(golden.scores, golden.truths)
    let intervals = Bootstrap(resamples: 2000, seed: 3)
      .intervals(for: rows, thresholds: [golden.threshold])
    let label = intervals.labels[0]
    let area = try #require(label.areaUnderROC)
    for (interval, key) in [
      (label.f1, "f1"), (area, "auc"), (label.averagePrecision, "average_precision"),
      (intervals.macroF1, "f1"),
    ] {
      let expected = try #require(golden.intervals[key])
      // Both are estimates; their ends scatter by a few hundredths of the width.
      let width = expected[1] - expected[0]
      #expect(isClose(interval.lower, expected[0], within: 0.06 * width), "\(key)")
      #expect(isClose(interval.upper, expected[1], within: 0.06 * width), "\(key)")
    }
  }

  @Test func `one resample equals the metrics of the rows it drew`() throws {
    let golden = try Goldens.shared.get().bootstrap
    let rows = try rows(golden.scores, golden.truths)
    let bootstrap = Bootstrap(resamples: 1, seed: 11)
    let weights = bootstrap.weights(resample: 0, count: rows.count)
    #expect(weights.reduce(0) { $0 + Int($1) } == rows.count)
    let drawn = weights.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) }
    let scores = drawn.map { golden.scores[$0] }
    let truths = drawn.map { golden.truths[$0] == 1 }
    let ranking = Ranking(scores: scores, truths: truths)
    let sample = ResampledLabel(rows: rows, label: 0, threshold: 0.5).sample(weights: weights)
    #expect(sample.counts == ConfusionCounts(scores: scores, truths: truths, threshold: 0.5))
    #expect(isClose(sample.areaUnderROC, try #require(ranking.areaUnderROC)))
    #expect(isClose(sample.averagePrecision, ranking.averagePrecision))
  }

  @Test func `the same seed gives the same intervals, another one others`() throws {
    let golden = try Goldens.shared.get().bootstrap
    let rows = try rows(golden.scores, golden.truths)
    func intervals(_ seed: UInt64) -> Bootstrap.Intervals {
      Bootstrap(resamples: 50, seed: seed).intervals(for: rows, thresholds: [0.5])
    }
    #expect(intervals(1) == intervals(1))
    #expect(intervals(1) != intervals(2))
  }

  @Test func `95 % intervals of F1 hold the truth about 95 times of 100`() throws {
    var generator = SeededGenerator(seed: 5)
    func draw(_ count: Int) throws -> ScoredRows {
      var rows = ScoredRows(labels: ["a"])
      for _ in 0..<count {
        let truth = generator.nextUnit() < 0.4
        let score = Float((truth ? 0.3 : 0) + 0.7 * generator.nextUnit())
        try rows.append(scores: [score], truths: ["a": truth])
      }
      return rows
    }
    // P(flagged | positive) = 5/7, P(flagged | negative) = 2/7, hence F1 = 2/3.
    let truth = 2.0 / 3
    var held = 0
    for seed in 0..<200 {
      let rows = try draw(200)
      let interval = Bootstrap(resamples: 100, seed: UInt64(seed))
        .intervals(for: rows, thresholds: [0.5]).labels[0].f1
      held += interval.lower <= truth && truth <= interval.upper ? 1 : 0
    }
    #expect((180...199).contains(held), "\(held) of 200")
  }

  @Test func `labels without positives, or without known rows, give intervals of zero width`()
    throws
  {
    var rows = ScoredRows(labels: ["never", "unknown"])
    for score in [Float(0.2), 0.9] {
      try rows.append(scores: [score, 0.5], truths: ["never": false])
    }
    let intervals = Bootstrap(resamples: 20).intervals(for: rows, thresholds: [0.5, 0.5])
    for label in intervals.labels {
      #expect(label.f1 == Bootstrap.Interval(lower: 0, upper: 0))
      #expect(label.areaUnderROC == nil)
    }
    #expect(intervals.exactMatch == nil)
    let empty = ScoredRows(labels: ["a"])
    #expect(Bootstrap(resamples: 3).intervals(for: empty, thresholds: [0.5]).exactMatch == nil)
  }

  @Test func `a better model is told from an equal one`() throws {
    var generator = SeededGenerator(seed: 9)
    var weak = ScoredRows(labels: ["a", "b"])
    var strong = weak
    for _ in 0..<600 {
      let truth = ["a": generator.nextUnit() < 0.3, "b": generator.nextUnit() < 0.5]
      func score(_ label: String, _ signal: Double) -> Float {
        Float((truth[label] == true ? signal : 0) + (1 - signal) * generator.nextUnit())
      }
      let b = score("b", 0.3)
      try weak.append(scores: [score("a", 0.2), b], truths: truth)
      try strong.append(scores: [score("a", 0.45), b], truths: truth)
    }
    let thresholds = [0.55, 0.5]
    let comparison = try PairedComparison(
      first: weak, firstThresholds: thresholds, second: strong, secondThresholds: thresholds,
      bootstrap: Bootstrap(resamples: 400))
    #expect(comparison.labels[0].difference > 0)
    #expect(comparison.labels[0].interval.lower > 0)
    #expect(comparison.labels[0].pValue < 0.01)
    #expect(comparison.labels[0].mcNemar.pValue < 0.001)
    #expect(comparison.labels[1].difference == 0)
    #expect(comparison.labels[1].pValue == 1)
    #expect(comparison.labels[1].mcNemar.pValue == 1)
    #expect(comparison.macroInterval.lower > 0)
    #expect(
      comparison.labels[0].firstF1
        == weak.counts(thresholds: thresholds)[0].f1)
  }

  @Test func `runs on different rows are not compared`() throws {
    var first = ScoredRows(labels: ["a"])
    try first.append(scores: [0.5], truths: ["a": true])
    var second = ScoredRows(labels: ["a"])
    try second.append(scores: [0.5], truths: ["a": false])
    for other in [second, ScoredRows(labels: ["a"]), ScoredRows(labels: ["b"])] {
      #expect(throws: EvaluationError.self) {
        try PairedComparison(
          first: first, firstThresholds: [0.5], second: other, secondThresholds: [0.5])
      }
    }
  }

  @Test func `a row of another width is an error that says so`() {
    var rows = ScoredRows(labels: ["a", "b"])
    #expect(throws: EvaluationError.wrongScoreCount(expected: 2, found: 1)) {
      try rows.append(scores: [0.5], truths: [:])
    }
  }

  @Test func `slices group rows by the values of a field`() throws {
    var rows = ScoredRows(labels: ["a"], fields: ["language"])
    for (index, language) in ["en", "fr", nil, "en"].enumerated() {
      try rows.append(
        scores: [Float(index) / 4], truths: ["a": true],
        metadata: language.map { ["language": $0, "other": "x"] } ?? [:])
    }
    let slices = rows.slices(by: "language")
    #expect(slices.map(\.value) == ["en", "fr"])
    #expect(slices.map(\.rows) == [[0, 3], [1]])
    #expect(rows.slices(by: "other").isEmpty)
    #expect(rows.counts(thresholds: [0.5], rows: [0, 3])[0].truePositives == 1)
  }

  private func rows(_ scores: [Double], _ truths: [Int]) throws -> ScoredRows {
    var rows = ScoredRows(labels: ["a"])
    for (score, truth) in zip(scores, truths) {
      try rows.append(scores: [Float(score)], truths: ["a": truth == 1])
    }
    return rows
  }
}
