extension Bootstrap {
  /// The intervals of every number of an evaluation.
  ///
  /// - Parameters:
  ///   - rows: scores and truths; unknown truths stay unknown in every resample.
  ///   - thresholds: one per label, in order.
  public func intervals(for rows: ScoredRows, thresholds: [Double]) -> Intervals {
    let labels = rows.labels.indices.map {
      ResampledLabel(rows: rows, label: $0, threshold: thresholds[$0])
    }
    let exact = (0..<rows.count).map { rows.isExact($0, thresholds: thresholds) }
    var samples = [[LabelSample]](repeating: [], count: labels.count)
    var means: [MetricMeans] = []
    var matches: [Double] = []
    for resample in 0..<resamples {
      let weights = weights(resample: resample, count: rows.count)
      let drawn = labels.map { $0.sample(weights: weights) }
      for (label, sample) in drawn.enumerated() { samples[label].append(sample) }
      means.append(MetricMeans(drawn.map(\.counts)))
      matches.append(exactShare(exact, weights: weights))
    }
    let zero = Interval(lower: 0, upper: 0)
    func interval(_ values: [Double]) -> Interval { self.interval(of: values) ?? zero }
    return Intervals(
      labels: samples.map { samples in
        LabelIntervals(
          precision: interval(samples.map(\.counts.precision)),
          recall: interval(samples.map(\.counts.recall)),
          f1: interval(samples.map(\.counts.f1)),
          areaUnderROC: self.interval(of: samples.map(\.areaUnderROC)),
          averagePrecision: interval(samples.map(\.averagePrecision)))
      },
      macroF1: interval(means.map(\.macro.f1)),
      microF1: interval(means.map(\.micro.f1)),
      weightedF1: interval(means.map(\.weighted.f1)),
      exactMatch: exact.contains { $0 != nil } ? self.interval(of: matches) : nil)
  }

  private func exactShare(_ exact: [Bool?], weights: [UInt16]) -> Double {
    var matches = 0
    var total = 0
    for (isExact, weight) in zip(exact, weights) {
      guard let isExact else { continue }
      total += Int(weight)
      matches += isExact ? Int(weight) : 0
    }
    return total == 0 ? .nan : ratio(matches, total)
  }
}

/// One label's numbers in one resample.
struct LabelSample {
  var counts: ConfusionCounts
  /// NaN when the resample has one class only.
  var areaUnderROC: Double
  var averagePrecision: Double
}

/// One label's known rows by falling score, so that a resample costs one pass and no sort.
struct ResampledLabel {
  /// Row numbers by falling score; known rows only.
  private let order: [Int32]
  private let isPositive: [Bool]
  /// Whether the next row has a lower score.
  private let endsStep: [Bool]
  /// The number of elements of `order` that reach the threshold.
  private let flagged: Int

  init(rows: ScoredRows, label: Int, threshold: Double) {
    let scores = rows.scores[label]
    let truths = rows.truths[label]
    order = (0..<Int32(rows.count)).filter { truths[Int($0)] != .unknown }
      .sorted { scores[Int($0)] > scores[Int($1)] }
    let ordered = order.map { scores[Int($0)] }
    isPositive = order.map { truths[Int($0)] == .positive }
    endsStep = ordered.indices.map { $0 + 1 == ordered.count || ordered[$0 + 1] != ordered[$0] }
    flagged = ordered.firstIndex { !($0 >= Float(threshold)) } ?? ordered.count
  }

  func sample(weights: [UInt16]) -> LabelSample {
    var hits = 0
    var alarms = 0
    var lastHits = 0
    var lastAlarms = 0
    var doubledArea = 0
    var precisionSum = 0.0
    var atThreshold = (hits: 0, alarms: 0)
    for position in order.indices {
      let weight = Int(weights[Int(order[position])])
      if isPositive[position] { hits += weight } else { alarms += weight }
      if endsStep[position] {
        doubledArea += (alarms - lastAlarms) * (hits + lastHits)
        if hits != lastHits {
          precisionSum += Double(hits - lastHits) * Double(hits) / Double(hits + alarms)
        }
        (lastHits, lastAlarms) = (hits, alarms)
      }
      if position + 1 == flagged { atThreshold = (hits, alarms) }
    }
    let hasBoth = hits > 0 && alarms > 0
    return LabelSample(
      counts: ConfusionCounts(
        truePositives: atThreshold.hits, falsePositives: atThreshold.alarms,
        falseNegatives: hits - atThreshold.hits, trueNegatives: alarms - atThreshold.alarms),
      areaUnderROC: hasBoth ? Double(doubledArea) / (2 * Double(hits) * Double(alarms)) : .nan,
      averagePrecision: hits == 0 ? 0 : precisionSum / Double(hits))
  }
}
