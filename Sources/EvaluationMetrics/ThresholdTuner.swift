/// Chooses thresholds on validation rows. Never give it the rows that the result is judged on.
public struct ThresholdTuner: Sendable {
  public let goal: ThresholdGoal
  /// Below this many positives or negatives a choice carries a warning.
  public let minimumSupport: Int

  public init(goal: ThresholdGoal = .maximumF1, minimumSupport: Int = 30) {
    self.goal = goal
    self.minimumSupport = minimumSupport
  }

  /// The threshold that serves the goal best; of equally good ones, the highest, which flags least.
  ///
  /// The threshold is the shortest decimal between the lowest score that is to be flagged and the
  /// next lower one, so that it decides these rows exactly as the score itself would, leaves some
  /// room, and can be read.
  ///
  /// - Parameters:
  ///   - scores: one score per validation row.
  ///   - truths: one truth per row.
  /// - Returns: nil when there are no positives or no negatives: nothing can be chosen then.
  public func tune(scores: [Double], truths: [Bool]) -> TunedThreshold? {
    let ranking = Ranking(scores: scores, truths: truths)
    guard ranking.positives > 0, ranking.negatives > 0 else { return nil }
    var warnings: [TunedThreshold.Warning] = []
    if ranking.positives < minimumSupport {
      warnings.append(.thinSupport(positives: ranking.positives))
    }
    if ranking.negatives < minimumSupport {
      warnings.append(.fewNegatives(ranking.negatives))
    }
    let steps = Array(ranking.thresholds.indices)
    let step: Int
    switch goal {
    case .maximumF1:
      step = best(steps) { ranking.counts(at: $0).f1 }
    case .cost(let falsePositive, let falseNegative):
      step = best(steps) {
        let counts = ranking.counts(at: $0)
        return
          -(Double(counts.falsePositives) * falsePositive
          + Double(counts.falseNegatives) * falseNegative)
      }
    case .recall(let wanted):
      let precise = steps.filter { ranking.counts(at: $0).precision >= wanted }
      if precise.isEmpty {
        step = best(steps) { ranking.counts(at: $0).precision }
        warnings.append(
          .precisionNotReached(wanted: wanted, best: ranking.counts(at: step).precision))
      } else {
        step = best(precise) { ranking.counts(at: $0).recall }
      }
    }
    let score = ranking.thresholds[step]
    let isLast = step + 1 == ranking.thresholds.count
    let lower = isLast ? min(0, score.nextDown) : ranking.thresholds[step + 1]
    return TunedThreshold(
      threshold: shortestDecimal(above: lower, upTo: score),
      counts: ranking.counts(at: step), warnings: warnings)
  }

  /// The choice for every label of `rows`, nil where none can be made.
  public func tune(_ rows: ScoredRows) -> [TunedThreshold?] {
    rows.labels.indices.map { label in
      let column = rows.column(label)
      return tune(scores: column.scores, truths: column.truths)
    }
  }

  /// The first step of the highest value; steps run by falling threshold.
  private func best(_ steps: [Int], value: (Int) -> Double) -> Int {
    var best = (step: steps[0], value: value(steps[0]))
    for step in steps.dropFirst() {
      let value = value(step)
      if value > best.value { best = (step, value) }
    }
    return best.step
  }
}

/// The decimal of fewest digits in `(lower, upper]`, nearest to the middle; `upper` itself when
/// nine digits do not suffice. The result keeps its place when it is rounded to Float.
func shortestDecimal(above lower: Double, upTo upper: Double) -> Double {
  let middle = (lower + upper) / 2
  var scale = 1.0
  for _ in 0..<9 {
    scale *= 10
    let nearest = (middle * scale).rounded()
    let candidates = [nearest, nearest + 1, nearest - 1].map { $0 / scale }
    for candidate in candidates {
      let rounded = Double(Float(candidate))
      if candidate > lower, candidate <= upper, rounded > lower, rounded <= upper {
        return candidate
      }
    }
  }
  return upper
}

/// A number with at most three decimals, for people.
package func shortDecimal(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  let thousandths = (value * 1000).rounded() / 1000
  return thousandths == thousandths.rounded() && abs(thousandths) < 1e15
    ? "\(Int(thousandths))" : "\(thousandths)"
}
