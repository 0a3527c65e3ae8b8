import JSON
import Testing
import Transformer

@testable import Moderation

@Suite struct ModeratorTests {
  let moderator = try? Moderator(bundle: .directions, classifier: FakeClassifier.directions)

  @Test(arguments: [
    ("I'm trash", ["self_harm"]), ("He's trash", ["harming_others"]),
    ("They say it", ["harmed_by_others"]), ("almost there", []),
    ("He's told me I'm trash", ["self_harm", "harming_others", "reference_to_harm"]),
  ])
  func `Labels fire at or above their thresholds, in the bundle's order`(
    text: String, fired: [String]
  ) throws {
    let moderator = try #require(moderator)
    let verdict = try moderator.moderate(text)
    #expect(verdict.flaggedLabels.map(\.name) == fired)
    #expect(verdict.isFlagged == !fired.isEmpty)
    #expect(verdict.labels.map(\.name) == ModerationBundle.directions.labels.map(\.name))
    #expect(verdict.base == (fired.isEmpty ? "no harm" : nil))
  }

  @Test func `A verdict carries each action once and an edge for each label that fired`() throws {
    let moderator = try #require(moderator)
    let verdict = try moderator.moderate("They told me I'm trash")
    #expect(verdict.actions.forAuthor.map(\.id) == ["helpline"])
    #expect(verdict.actions.forAuthor.first?.text == "Show a helpline.")
    #expect(verdict.actions.forReaders.map(\.id) == ["trigger-warning"])
    #expect(verdict.severity == .critical)
    #expect(
      verdict.directions?.map(\.direction.description) == [
        "author → author", "others → author", "others → others",
      ])
  }

  @Test func `Other thresholds change what fires and what follows, and no score`() throws {
    let moderator = try #require(moderator)
    let verdict = try moderator.moderate("He's told me I'm trash")
    let strict = moderator.verdict(verdict, under: ["self_harm": 0.95, "harming_others": 0.95])
    #expect(strict.labels.map(\.score) == verdict.labels.map(\.score))
    #expect(strict.flaggedLabels.map(\.name) == ["reference_to_harm"])
    #expect(strict.actions.forAuthor.isEmpty && !verdict.actions.forAuthor.isEmpty)
    #expect(strict.directions?.count == 1 && strict.tokenCount == verdict.tokenCount)
    let own = Dictionary(
      uniqueKeysWithValues: ModerationBundle.directions.labels.map { ($0.name, $0.threshold) })
    #expect(moderator.verdict(strict, under: own) == verdict)
    let silent = moderator.verdict(strict, under: ["reference_to_harm": 1])
    #expect(silent.base == "no harm" && !silent.isFlagged)
  }

  @Test func `A batch gives what each message gives alone`() throws {
    let moderator = try #require(moderator)
    let texts = ["I'm trash", "", "He's trash", "They told", "nothing"]
    let batch = try moderator.moderate(texts)
    #expect(batch == (try texts.map { try moderator.moderate($0) }))
    #expect(try moderator.moderate([String]()).isEmpty)
  }

  @Test func `A message that cannot be judged has its own error and loses no other`() throws {
    var classifier = FakeClassifier.directions
    classifier.unreadable = "odd"
    let moderator = try Moderator(bundle: .directions, classifier: classifier)
    let messages = [
      Message("I'm trash"), Message("an odd word"), Message("x", context: ["adult"]),
      Message("They told"),
    ]
    let results = moderator.moderateEach(messages)
    try #require(results.count == 4)
    #expect(try results[0].get() == moderator.moderate("I'm trash"))
    #expect(throws: ModerationError.transformer(.tokenOutOfRange(id: 9, vocabulary: 8))) {
      try results[1].get()
    }
    #expect(throws: ModerationError.contextNotSupported(bundle: "directions")) {
      try results[2].get()
    }
    #expect(try results[3].get() == moderator.moderate("They told"))
    #expect(throws: ModerationError.transformer(.tokenOutOfRange(id: 9, vocabulary: 8))) {
      try moderator.moderate(messages)
    }
    #expect(moderator.moderateEach([Message]()).isEmpty)
  }

  @Test func `Labels of one name are refused`() {
    var bundle = ModerationBundle.directions
    bundle.labels[1].name = "self_harm"
    #expect(throws: ModerationError.duplicateLabel("self_harm")) {
      try Moderator(bundle: bundle, classifier: FakeClassifier.directions)
    }
  }

  @Test func `Tasks may call one moderator at once`() async throws {
    let moderator = try #require(moderator)
    let expected = try moderator.moderate("He's trash")
    let verdicts = try await withThrowingTaskGroup(of: Verdict.self) { group in
      for _ in 0..<64 { group.addTask { try moderator.moderate("He's trash") } }
      return try await group.reduce(into: [Verdict]()) { $0.append($1) }
    }
    #expect(verdicts.count == 64)
    #expect(verdicts.allSatisfy { $0 == expected })
  }

  @Test func `A threshold is compared as float32, as the score is`() throws {
    var bundle = ModerationBundle.directions
    bundle.labels[0].threshold = 0.1
    let classifier = FakeClassifier(
      heads: FakeClassifier.directions.heads, scores: ["x": ["self_harm": Double(Float(0.1))]])
    let label = try Moderator(bundle: bundle, classifier: classifier).moderate("x").labels[0]
    #expect(label.isFlagged)
    #expect(
      !(try Moderator(bundle: bundle, classifier: classifier).moderate("y").labels[0].isFlagged))
  }

  @Test func `A score that is no number never fires`() throws {
    let classifier = FakeClassifier(
      heads: FakeClassifier.directions.heads, scores: ["x": ["self_harm": .nan]])
    var bundle = ModerationBundle.directions
    bundle.labels[0].threshold = 0
    let verdict = try Moderator(bundle: bundle, classifier: classifier).moderate("x")
    #expect(!verdict.labels[0].isFlagged)
    #expect(String(decoding: verdict.json.encoded(), as: UTF8.self).contains(#""score":null"#))
  }

  @Test func `A label may average classes of several heads`() throws {
    var bundle = ModerationBundle.directions
    bundle.model.kind = .encoder
    bundle.heads = [.init(name: "a", path: "a"), .init(name: "b", path: "b")]
    bundle.labels = [
      LabelDefinition(
        name: "harm",
        sources: [.init(head: "a", className: "1"), .init(head: "b", className: "bad")])
    ]
    let classifier = FakeClassifier(
      heads: [
        HeadClasses(name: "a", classes: ["0", "1"]), HeadClasses(name: "b", classes: ["bad"]),
      ],
      scores: ["x": ["0": 0.7, "1": 0.3, "bad": 0.8]])
    let verdict = try Moderator(bundle: bundle, classifier: classifier).moderate("x")
    #expect(verdict["harm"]?.score == 0.55)

    bundle.labels[0].sources = [.init(head: "c", className: "1")]
    #expect(throws: ModerationError.unknownHead(label: "harm", head: "c", available: ["a", "b"])) {
      try Moderator(bundle: bundle, classifier: classifier)
    }
    bundle.labels[0].sources = [.init(head: "a", className: "2")]
    #expect(
      throws: ModerationError.unknownClass(
        label: "harm", head: "a", className: "2", available: ["0", "1"])
    ) { try Moderator(bundle: bundle, classifier: classifier) }
    bundle.labels[0].sources = []
    #expect(throws: ModerationError.self) { try Moderator(bundle: bundle, classifier: classifier) }
  }

  @Test func `Classes that nobody named go to the labels by their order`() throws {
    let classes = (0..<4).map { "LABEL_\($0)" }
    var classifier = FakeClassifier(
      heads: [HeadClasses(name: "head", classes: classes)], scores: ["x": ["LABEL_2": 0.9]])
    let moderator = try Moderator(bundle: .directions, classifier: classifier)
    #expect(try moderator.moderate("x").flaggedLabels.map(\.name) == ["harmed_by_others"])
    classifier.heads[0].classes.append("LABEL_4")
    #expect(throws: ModerationError.self) {
      try Moderator(bundle: .directions, classifier: classifier)
    }
  }

  @Test func `Calibration comes before the threshold and leaves the raw score visible`() throws {
    var bundle = ModerationBundle.directions
    bundle.labels[0].calibration = .isotonic(inputs: [0, 1], outputs: [0, 0.2])
    let verdict = try Moderator(bundle: bundle, classifier: FakeClassifier.directions).moderate(
      "I'm x")
    let label = try #require(verdict["self_harm"])
    #expect(label.rawScore == 0.9)
    #expect(abs(label.score - 0.18) < 1e-6)
    #expect(!label.isFlagged)
  }
}

@Suite struct CalibrationTests {
  @Test func `Isotonic calibration is linear between points and constant beyond them`() {
    let calibration = Calibration.isotonic(inputs: [0.2, 0.4, 0.8], outputs: [0.1, 0.1, 0.9])
    #expect(calibration(0) == 0.1)
    #expect(calibration(0.2) == 0.1)
    #expect(calibration(0.3) == 0.1)
    #expect(abs(calibration(0.6) - 0.5) < 1e-12)
    #expect(calibration(0.8) == 0.9)
    #expect(calibration(1) == 0.9)
    #expect(calibration(.nan).isNaN)
  }

  @Test func `Platt calibration with slope 1 and intercept 0 changes nothing`() {
    let calibration = Calibration.platt(slope: 1, intercept: 0)
    for score in [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6] {
      #expect(abs(calibration(score) - score) < 1e-12)
    }
    #expect(calibration(1).isFinite)
    #expect(Calibration.platt(slope: 2, intercept: 1)(0.5) > 0.73)
  }
}

@Suite struct WindowCombinationTests {
  @Test func `Windows combine class by class`() {
    let windows = [[0.1, 0.9], [0.5, 0.3]]
    #expect(LongTextPolicy.Combination.max(windows) == [0.5, 0.9])
    #expect(LongTextPolicy.Combination.mean(windows) == [0.3, 0.6])
    #expect(LongTextPolicy.Combination.max([[.nan, 1], [0, 0]])[0].isNaN)
    #expect(LongTextPolicy.Combination.max([[0, 1], [.nan, 0]])[0].isNaN)
  }
}
