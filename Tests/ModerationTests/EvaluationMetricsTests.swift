import Testing

@testable import Moderation

@Suite("Metrics equal scikit-learn's")
struct EvaluationMetricsTests {
  @Test("the goldens are there") func goldens() throws {
    let goldens = try EvaluationGoldens.shared.get()
    #expect(goldens.single.count == 20)
    #expect(goldens.multi.count == 6)
  }

  @Test("counts, precision, recall, F1 and accuracy", arguments: EvaluationGoldens.singles)
  func counts(golden: EvaluationGoldens.Single) {
    let counts = ConfusionCounts(
      scores: golden.scores, truths: golden.answers, threshold: golden.threshold)
    #expect(
      [
        counts.truePositives, counts.falsePositives, counts.falseNegatives, counts.trueNegatives,
      ] == golden.confusion)
    #expect(isClose(counts.precision, golden.precision))
    #expect(isClose(counts.recall, golden.recall))
    #expect(isClose(counts.f1, golden.f1))
    #expect(isClose(counts.accuracy, golden.accuracy))
    #expect(counts.support == golden.truths.reduce(0, +))
  }

  @Test("area under the ROC curve and average precision", arguments: EvaluationGoldens.singles)
  func areas(golden: EvaluationGoldens.Single) throws {
    let ranking = Ranking(scores: golden.scores, truths: golden.answers)
    #expect((ranking.areaUnderROC == nil) == (golden.auc == nil))
    if let area = ranking.areaUnderROC, let auc = golden.auc { #expect(isClose(area, auc)) }
    #expect(isClose(ranking.averagePrecision, golden.averagePrecision))
  }

  @Test("ROC curves, with and without collinear points", arguments: EvaluationGoldens.singles)
  func roc(golden: EvaluationGoldens.Single) {
    let ranking = Ranking(scores: golden.scores, truths: golden.answers)
    for (curve, expected) in [
      (ranking.rocCurve(droppingCollinear: false), golden.roc.full),
      (ranking.rocCurve(), golden.roc.dropped),
    ] {
      func same(_ ours: [Double], _ theirs: [Double?]) -> Bool {
        ours.count == theirs.count
          && zip(ours, theirs).allSatisfy { our, their in
            their.map { isClose(our, $0) } ?? our.isNaN
          }
      }
      #expect(same(curve.falsePositiveRates, expected.fpr))
      #expect(same(curve.truePositiveRates, expected.tpr))
      #expect(curve.thresholds.map { min($0, 1e300) } == expected.thresholds)
    }
  }

  @Test("precision-recall curves", arguments: EvaluationGoldens.singles)
  func precisionRecall(golden: EvaluationGoldens.Single) {
    let curve = Ranking(scores: golden.scores, truths: golden.answers).precisionRecallCurve()
    #expect(areClose(curve.precisions, golden.pr.precision))
    #expect(areClose(curve.recalls, golden.pr.recall))
    #expect(curve.thresholds == golden.pr.thresholds)
  }

  @Test("Brier score, calibration error and reliability bins", arguments: EvaluationGoldens.singles)
  func reliability(golden: EvaluationGoldens.Single) {
    let reliability = Reliability(scores: golden.scores, truths: golden.answers)
    #expect(isClose(reliability.brierScore, golden.brier))
    #expect(isClose(reliability.expectedCalibrationError, golden.ece))
    for (bin, expected) in zip(reliability.bins, golden.bins) {
      #expect(areClose([Double(bin.count), bin.meanScore, bin.positiveRate], expected))
    }
    #expect(reliability.bins.count == golden.bins.count)
  }

  @Test("macro, micro and weighted means and exact match", arguments: EvaluationGoldens.multis)
  func means(golden: EvaluationGoldens.Multi) throws {
    let rows = try rows(golden)
    let means = MetricMeans(rows.counts(thresholds: golden.thresholds))
    for (mean, expected) in [
      (means.macro, golden.macro), (means.micro, golden.micro), (means.weighted, golden.weighted),
    ] {
      #expect(areClose([mean.precision, mean.recall, mean.f1], expected))
    }
    let exact = rows.exactMatch(thresholds: golden.thresholds)
    #expect(exact.rows == golden.exactRows)
    #expect(isClose(exact.share, golden.exact))
  }

  @Test("McNemar's p-values") func mcNemar() throws {
    for golden in try EvaluationGoldens.shared.get().mcnemar {
      let test = McNemarTest(onlyFirstRight: Int(golden[0]), onlySecondRight: Int(golden[1]))
      #expect(isClose(test.pValue, golden[2]), "\(golden)")
    }
  }

  @Test("means of AUC and average precision over labels", arguments: EvaluationGoldens.multis)
  func areaMeans(golden: EvaluationGoldens.Multi) throws {
    let means = AreaMeans(try rows(golden))
    for (mean, expected) in [
      (means.areaUnderROC.macro, golden.aucMacro), (means.areaUnderROC.micro, golden.aucMicro),
      (means.areaUnderROC.weighted, golden.aucWeighted),
      (means.averagePrecision.macro, golden.apMacro),
      (means.averagePrecision.micro, golden.apMicro),
      (means.averagePrecision.weighted, golden.apWeighted),
    ] {
      guard let expected else { continue }
      #expect(isClose(try #require(mean), expected))
    }
  }

  private func rows(_ golden: EvaluationGoldens.Multi) throws -> ScoredRows {
    var rows = ScoredRows(labels: golden.thresholds.indices.map { "label\($0)" })
    for (scores, truths) in zip(golden.scores, golden.truths) {
      var known: [String: Bool] = [:]
      for (label, truth) in zip(rows.labels, truths) where truth >= 0 { known[label] = truth == 1 }
      try rows.append(scores: scores.map { Float($0) }, truths: known)
    }
    return rows
  }
}
