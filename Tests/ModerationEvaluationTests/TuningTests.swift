import Moderation
import Testing

@testable import EvaluationMetrics
@testable import ModerationEvaluation

@Suite("Tuning and calibration")
struct TuningTests {
  @Test(arguments: Goldens.singles)
  func `maximum F1 is the best F1 of scikit-learn's curve`(golden: Goldens.Single) throws {
    let tuned = ThresholdTuner().tune(scores: golden.scores, truths: golden.answers)
    guard golden.auc != nil else {
      #expect(tuned == nil)
      return
    }
    let choice = try #require(tuned)
    #expect(isClose(choice.counts.f1, golden.maximumF1))
    try expectSameDecisions(choice, golden)
  }

  @Test(arguments: Goldens.singles)
  func `highest recall at a precision of 0.8`(golden: Goldens.Single) throws {
    let tuner = ThresholdTuner(goal: .recall(atPrecision: 0.8))
    guard golden.auc != nil else { return }
    let choice = try #require(tuner.tune(scores: golden.scores, truths: golden.answers))
    let isReached = !choice.warnings.contains {
      if case .precisionNotReached = $0 { true } else { false }
    }
    // scikit-learn's curve ends in a point of no threshold, which −1 stands for here.
    #expect(isReached == (golden.recallAtPrecision >= 0))
    if isReached {
      #expect(isClose(choice.counts.recall, golden.recallAtPrecision))
      #expect(choice.counts.precision >= 0.8)
    }
    try expectSameDecisions(choice, golden)
  }

  @Test(arguments: Goldens.singles)
  func `lowest cost when a miss costs five alarms`(golden: Goldens.Single) throws {
    guard golden.auc != nil else { return }
    let tuner = ThresholdTuner(goal: .cost(falsePositive: 1, falseNegative: 5))
    let choice = try #require(tuner.tune(scores: golden.scores, truths: golden.answers))
    let cost = choice.counts.falsePositives + 5 * choice.counts.falseNegatives
    #expect(Double(cost) == golden.minimumCost)
    try expectSameDecisions(choice, golden)
  }

  @Test func `thin support is told`() throws {
    let tuner = ThresholdTuner(minimumSupport: 3)
    let thin = try #require(tuner.tune(scores: [0.9, 0.8, 0.1], truths: [true, true, false]))
    #expect(thin.warnings == [.thinSupport(positives: 2), .fewNegatives(1)])
    #expect(thin.warnings[0].description == "rests on 2 positives only")
    let ample = try #require(
      tuner.tune(
        scores: [0.9, 0.8, 0.7, 0.3, 0.2, 0.1], truths: [true, true, true, false, false, false]))
    #expect(ample.warnings.isEmpty)
    #expect(ample.threshold == 0.5)
  }

  @Test func `a threshold is a short decimal between two neighbouring scores`() {
    #expect(shortestDecimal(above: 0.31, upTo: 0.58) == 0.4)
    #expect(shortestDecimal(above: 0.412, upTo: 0.418) == 0.415)
    #expect(shortestDecimal(above: 0.4, upTo: 0.5) == 0.5)
    let close = Double(Float(0.5).nextDown)
    #expect(shortestDecimal(above: close, upTo: 0.5) == 0.5)
    let tiny = Double(Float(1e-12))
    #expect(shortestDecimal(above: tiny.nextDown, upTo: tiny) == tiny)
  }

  @Test(arguments: Goldens.singles)
  func `isotonic regression equals scikit-learn's`(golden: Goldens.Single) throws {
    let regression = try IsotonicRegression(fitting: golden.scores, truths: golden.answers)
    let calibration = Calibration.isotonic(
      inputs: regression.scores, outputs: regression.probabilities)
    #expect(areClose(regression.scores, golden.isotonic.x))
    #expect(areClose(regression.probabilities, golden.isotonic.y))
    #expect(areClose(golden.isotonic.probe.map { calibration($0) }, golden.isotonic.values))
  }

  @Test(arguments: Goldens.singles)
  func `Platt scaling equals scikit-learn's`(golden: Goldens.Single) throws {
    let odds = golden.scores.map(logOdds)
    guard let expected = golden.platt else {
      #expect(throws: EvaluationError.self) {
        try PlattScaling(fitting: odds, truths: golden.answers)
      }
      return
    }
    let scaling = try PlattScaling(fitting: odds, truths: golden.answers)
    let ours = expected.probe.map { scaling($0) }
    // With equal scores only the sum of slope and offset is determined: compare at the scores.
    guard Set(golden.scores).count > 1 else {
      let rate = golden.answers.count(where: { $0 })
      let target =
        (Double(rate) * Double(rate + 1) / Double(rate + 2)
          + Double(odds.count - rate) / Double(odds.count - rate + 2)) / Double(odds.count)
      #expect(isClose(scaling(odds[0]), target, within: 1e-9))
      return
    }
    #expect(areClose(ours, expected.converged))
    // L-BFGS stops early; this is how near it comes.
    #expect(areClose(ours, expected.sklearn, within: 1e-4))
  }

  /// The threshold decides every row as the counts say, in Double and in Float.
  private func expectSameDecisions(
    _ choice: TunedThreshold, _ golden: Goldens.Single
  ) throws {
    #expect(
      ConfusionCounts(
        scores: golden.scores, truths: golden.answers, threshold: choice.threshold)
        == choice.counts)
    #expect(
      ConfusionCounts(
        scores: golden.scores, truths: golden.answers,
        threshold: Double(Float(choice.threshold))) == choice.counts)
  }
}
