import Testing

@testable import ModerationEvaluation

@Suite("Metrics equal scikit-learn's")
struct MetricsTests {
  @Test func `the goldens are there`() throws {
    let goldens = try Goldens.shared.get()
    #expect(goldens.single.count == 20)
    #expect(goldens.multi.count == 6)
  }

  @Test(arguments: Goldens.singles)
  func `counts, precision, recall, F1 and accuracy`(golden: Goldens.Single) {
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

  @Test(arguments: Goldens.singles)
  func `area under the ROC curve and average precision`(golden: Goldens.Single) throws {
    let ranking = Ranking(scores: golden.scores, truths: golden.answers)
    #expect((ranking.areaUnderROC == nil) == (golden.auc == nil))
    if let area = ranking.areaUnderROC, let auc = golden.auc { #expect(isClose(area, auc)) }
    #expect(isClose(ranking.averagePrecision, golden.averagePrecision))
  }

  @Test(arguments: Goldens.singles)
  func `ROC curves, with and without collinear points`(golden: Goldens.Single) {
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

  @Test(arguments: Goldens.singles)
  func `precision-recall curves`(golden: Goldens.Single) {
    let curve = Ranking(scores: golden.scores, truths: golden.answers).precisionRecallCurve()
    #expect(areClose(curve.precisions, golden.pr.precision))
    #expect(areClose(curve.recalls, golden.pr.recall))
    #expect(curve.thresholds == golden.pr.thresholds)
  }

  @Test(arguments: Goldens.singles)
  func `Brier score, calibration error and reliability bins`(golden: Goldens.Single) {
    let reliability = Reliability(scores: golden.scores, truths: golden.answers)
    #expect(isClose(reliability.brierScore, golden.brier))
    #expect(isClose(reliability.expectedCalibrationError, golden.ece))
    for (bin, expected) in zip(reliability.bins, golden.bins) {
      #expect(areClose([Double(bin.count), bin.meanScore, bin.positiveRate], expected))
    }
    #expect(reliability.bins.count == golden.bins.count)
  }

  @Test(arguments: Goldens.multis)
  func `macro, micro and weighted means and exact match`(golden: Goldens.Multi) throws {
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

  @Test func `McNemar's p-values`() throws {
    for golden in try Goldens.shared.get().mcnemar {
      let test = McNemarTest(onlyFirstRight: Int(golden[0]), onlySecondRight: Int(golden[1]))
      #expect(isClose(test.pValue, golden[2]), "\(golden)")
    }
  }

  @Test(arguments: Goldens.multis)
  func `means of AUC and average precision over labels`(golden: Goldens.Multi) throws {
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

  private func rows(_ golden: Goldens.Multi) throws -> ScoredRows {
    var rows = ScoredRows(labels: golden.thresholds.indices.map { "label\($0)" })
    for (scores, truths) in zip(golden.scores, golden.truths) {
      var known: [String: Bool] = [:]
      for (label, truth) in zip(rows.labels, truths) where truth >= 0 { known[label] = truth == 1 }
      try rows.append(scores: scores.map { Float($0) }, truths: known)
    }
    return rows
  }
}
