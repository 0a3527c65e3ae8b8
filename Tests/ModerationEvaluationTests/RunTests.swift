import Moderation
import Testing

@testable import EvaluationMetrics
@testable import ModerationEvaluation

@Suite("Evaluation runs, gates and tuning of bundles")
struct RunTests {
  static let model = WordModel(
    weights: ["bad": 4, "vile": 2.5, "spam": 5, "nice": -1],
    labels: [
      EvaluatedLabel(name: "insult", point: OperatingPoint(threshold: 0.5), severity: "high"),
      EvaluatedLabel(name: "advert", point: OperatingPoint(threshold: 0.5)),
      EvaluatedLabel(name: "silent", point: OperatingPoint(threshold: 0.5)),
    ],
    vocabularies: ["insult": ["bad", "vile", "nice"], "advert": ["spam"], "silent": []])

  @Test func `a message that cannot be scored is an unreadable line and loses no other`() throws {
    var model = Self.model
    model.unreadable = "odd"
    var evaluator = Evaluator(model, batch: 3)
    for (index, text) in ["a bad day", "an odd day", "nice"].enumerated() {
      try evaluator.add(
        LabelledExample(line: index + 1, text: text, labels: ["insult": index == 0]))
    }
    try evaluator.finish()
    #expect(evaluator.rows.count == 2)
    #expect(evaluator.unreadable.map(\.description) == ["line 2: an odd word"])
    var probe = DisguiseProbe(model, batch: 2)
    for text in ["bad", "odd"] { probe.add(LabelledExample(text: text, labels: ["insult": true])) }
    probe.finish()
    #expect(probe.results.allSatisfy { $0.labels.first?.positives == 1 })
  }

  static func data(_ count: Int = 40) -> String {
    (0..<count).map { index in
      let kinds = ["a bad day", "vile words", "buy spam", "nice weather"]
      let truth = [
        #""insult": 1, "advert": 0"#, #""insult": 1, "advert": 0"#, #""advert": 1"#,
        #""insult": 0, "advert": 0, "odd": 1"#,
      ]
      let kind = index % 4
      return #"{"text": "\#(kinds[kind]) \#(index)", "labels": {\#(truth[kind])}, "#
        + #""metadata": {"lang": "\#(index % 3 == 0 ? "fr" : "en")"}}"#
    }.joined(separator: "\n")
  }

  static func evaluated(
    _ text: String = data(), points: [OperatingPoint]? = nil
  ) throws -> Evaluator<WordModel> {
    var done = false
    var reader = try DatasetReader(format: .jsonLines) {
      defer { done = true }
      return done ? nil : Array(text.utf8)
    }
    var evaluator = Evaluator(model, points: points, fields: ["lang"], batch: 7)
    try evaluator.read(&reader)
    return evaluator
  }

  static func run() throws -> EvaluationRun {
    try evaluated().run(
      .init(model: "words", precision: "float32", dataset: "t.jsonl"),
      bootstrap: Bootstrap(resamples: 50))
  }

  @Test func `a run has the labels that are annotated, their counts and slices`() throws {
    let evaluator = try Self.evaluated(Self.data() + "\nnonsense\n")
    #expect(evaluator.unreadableCount == 1)
    #expect(evaluator.unreadable.first?.line == 41)
    #expect(evaluator.unknownLabels == ["odd"])
    let run = try Self.run()
    #expect(run.rows == 40)
    #expect(run.labels.map(\.name) == ["insult", "advert"])
    let insult = try #require(run["insult"])
    // "vile" alone stays below one half: those ten are missed.
    #expect(
      insult.counts
        == ConfusionCounts(
          truePositives: 10, falsePositives: 0, falseNegatives: 10, trueNegatives: 10))
    #expect(insult.severity == "high")
    #expect(insult.areaUnderROC == 1)
    #expect(run.exactMatch == ExactMatch(matches: 20, rows: 30))
    #expect(run.slices.map(\.value) == ["fr", "en"])
    #expect(run.slices.map(\.rows).reduce(0, +) == 40)
    #expect(run.slices.reduce(ConfusionCounts()) { $0 + $1.counts[0] } == insult.counts)
    #expect(run.intervals != nil)
  }

  @Test func `the derived label says whether any label fired`() throws {
    let text =
      #"{"text": "bad", "labels": {"flagged": 1}}"# + "\n"
      + #"{"text": "spam", "labels": {"flagged": 1}}"# + "\n"
      + #"{"text": "nice", "labels": {"flagged": 0}}"#
    let run = try Self.evaluated(text).run(
      .init(model: "words", dataset: "t"), bootstrap: Bootstrap(resamples: 5))
    #expect(run.labels.map(\.name) == ["flagged"])
    #expect(run.labels[0].counts.f1 == 1)
    #expect(run.means.macro.f1 == 1)
    for threshold in [0.0, 0.3, 0.5, 1.0] {
      let points = [OperatingPoint(threshold: threshold)]
      for raw: Float in [0, 0.1, 0.3, Float(0.3).nextDown, 0.5, 0.9999, 1] {
        let score = Evaluator<WordModel>.anyScore([raw], points: points)
        #expect((score >= 0.5) == points[0].isFlagged(raw), "\(raw) at \(threshold)")
        #expect((0...1).contains(score))
      }
    }
  }

  @Test func `a run written as JSON reads back; other files are errors`() throws {
    let run = try Self.run()
    let bytes = try run.encoded()
    #expect(try EvaluationRun(parsing: bytes, file: "a.json") == run)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("vile"))
    for (text, reason) in [
      ("{}", "format is missing"), ("[", "not the JSON of an evaluation run"),
    ] {
      let error = #expect(throws: EvaluationError.self) {
        try EvaluationRun(parsing: Array(text.utf8), file: "b.json")
      }
      #expect(error?.description == "b.json: \(reason)")
    }
    var other = run
    other.format = 2
    #expect(throws: EvaluationError.self) {
      try EvaluationRun(parsing: try other.encoded(), file: "c.json")
    }
  }

  @Test func `a gate passes, and fails by bar, by baseline and for want of rows`() throws {
    let run = try Self.run()
    #expect(Gate(bar: 0.5).failures(of: run).isEmpty)
    let failures = Gate(bar: 0.85).failures(of: run)
    #expect(failures.map(\.description) == ["insult: F1 0.6667 is below the bar of 0.85"])
    #expect(Gate(bar: 0.85, labelBars: ["insult": 0.6]).failures(of: run).isEmpty)
    #expect(Gate(metric: .recall, bar: 0.6).failures(of: run).count == 1)
    #expect(Gate().failures(of: run, baseline: run).isEmpty)

    var better = run
    better.labels = run.labels.map { label in
      .init(
        name: label.name, severity: nil, threshold: 0.5, counts: label.counts, precision: 1,
        recall: 1, f1: 0.7, areaUnderROC: nil, averagePrecision: 1, reliability: label.reliability,
        intervals: nil)
    }
    #expect(
      Gate().failures(of: run, baseline: better).map(\.description) == [
        "insult: F1 0.6667 is below the baseline's 0.7000"
      ])
    #expect(Gate(tolerance: 0.05).failures(of: run, baseline: better).isEmpty)
    #expect(
      Gate(labelBars: ["silent": 0.5]).failures(of: run)
        == [.cannotBeJudged(label: "silent", reason: "no row is annotated for it")])
    let negative = try Self.evaluated(#"{"text": "nice", "labels": {"insult": 0}}"#)
      .run(.init(model: "words", dataset: "t"), bootstrap: nil)
    #expect(
      Gate(bar: 0).failures(of: negative)
        == [.cannotBeJudged(label: "insult", reason: "no row is positive")])
  }

  @Test func `tuning finds what the bundle missed and is written into the bundle`() throws {
    let evaluator = try Self.evaluated()
    let tuning = BundleTuning(
      evaluator.labels, rows: evaluator.rows, tuner: ThresholdTuner(minimumSupport: 15))
    #expect(tuning.labels[0].counts.f1 == 1)
    #expect(tuning.labels[0].after.threshold < 0.38)
    #expect(tuning.labels[0].warnings == ["rests on 10 negatives only"])
    #expect(tuning.labels[2].warnings == ["left as it was: no validation row is positive"])
    #expect(tuning.labels[2].after == tuning.labels[2].before)

    let json = """
      {"format": 1, "name": "n", "license": "CC0", "model": {"kind": "classifier", "path": "m"},
       "base": "fine", "actions": {"warn": "Warn."},
       "labels": [{"name": "insult", "threshold": 0.5, "severity": "critical",
         "actions": {"author": ["warn"]}}, {"name": "advert"}, {"name": "silent", "threshold": 0.7}]}
      """
    let bundle = try ModerationBundle(parsing: Array(json.utf8))
    let tuned = tuning.applied(to: bundle, source: "v.jsonl")
    #expect(tuned.labels[0].threshold == tuning.labels[0].after.threshold)
    #expect(
      tuned.labels[0].support == .init(positives: 20, negatives: 10, source: "v.jsonl"))
    #expect(tuned.labels[2] == bundle.labels[2])
    var restored = tuned
    for index in restored.labels.indices {
      restored.labels[index].threshold = bundle.labels[index].threshold
      restored.labels[index].support = nil
    }
    #expect(restored == bundle)
    #expect(try ModerationBundle(parsing: Array(tuned.encoded().utf8)) == tuned)
  }

  @Test(arguments: Calibration.FittingMethod.allCases)
  func `calibration brings the calibration error down`(method: Calibration.FittingMethod) throws {
    var generator = SeededGenerator(seed: 4)
    var rows = ScoredRows(labels: ["insult"])
    for _ in 0..<2000 {
      // A model that is right in order and far too sure of itself.
      let probability = 0.02 + 0.6 * generator.nextUnit()
      let score = logisticSigmoid(3 * logOdds(probability) + 2)
      let truth = generator.nextUnit() < probability
      try rows.append(scores: [Float(score)], truths: ["insult": truth])
    }
    let label = EvaluatedLabel(name: "insult", point: OperatingPoint(threshold: 0.7))
    let tuning = BundleTuning(
      [label], rows: rows, tuner: ThresholdTuner(), calibration: method)
    func error(_ points: [OperatingPoint]) -> Double {
      EvaluationRun(
        .init(model: "m", dataset: "d"), rows: rows, points: points, bootstrap: nil
      ).labels[0].reliability.expectedCalibrationError
    }
    #expect(error([label.point]) > 0.15)
    #expect(error(tuning.points) < 0.03)
  }

  @Test func `the showcase keeps the worst mistakes and a bounded sample`() throws {
    var showcase = Showcase(labels: ["a"], mistakes: 3, samples: 2)
    for index in 0..<500 {
      let score = Float(index) / 500
      showcase.add(
        "text \(index)", line: index, label: 0, score: score, isFlagged: score >= 0.5,
        truth: index % 2 == 0)
    }
    let label = showcase.labels[0]
    #expect(label.worstFalsePositives.map(\.line) == [499, 497, 495])
    #expect(label.worstFalseNegatives.map(\.line) == [0, 2, 4])
    for outcome in Showcase.Outcome.allCases {
      #expect(label.sample(outcome).count == 2)
      #expect(label.sample(outcome).allSatisfy { $0.outcome == outcome })
    }
    showcase.add(
      String(repeating: "long ", count: 400), line: 1, label: 0, score: 1, isFlagged: true,
      truth: false)
    #expect(showcase.labels[0].worstFalsePositives[0].text.count == Showcase.longestText + 1)
  }

  @Test func `numbers for people`() {
    #expect(fixed(0.66666, 4) == "0.6667")
    #expect(fixed(-0.5, 1) == "-0.5")
    #expect(fixed(-0.001, 1) == "0.0")
    #expect(fixed(12.3, 0) == "12")
    #expect(fixed(Double.nan, 2) == "–")
    #expect(percent(0.875) == "87.5 %")
    #expect(grouped(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(grouped(-12) == "-12")
    #expect(probability(0.0001) == "< 0.001")
  }
}
