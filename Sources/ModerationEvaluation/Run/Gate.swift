import Moderation

/// The bars that a run has to clear before its model may be used.
public struct Gate: Sendable, Hashable {
  /// The metric that is compared with the bar.
  public enum Metric: String, Sendable, Hashable, CaseIterable, Codable {
    case precision
    case recall
    case f1
    case areaUnderROC
    case averagePrecision
  }

  public var metric: Metric
  /// The lowest value that passes, for every label that has no bar of its own; nil for none.
  public var bar: Double?
  /// Bars of single labels, by name.
  public var labelBars: [String: Double]
  /// The largest distance by which a value may lie below the baseline's.
  public var tolerance: Double

  public init(
    metric: Metric = .f1, bar: Double? = nil, labelBars: [String: Double] = [:],
    tolerance: Double = 0
  ) {
    self.metric = metric
    self.bar = bar
    self.labelBars = labelBars
    self.tolerance = max(0, tolerance)
  }

  /// Why a run does not pass.
  public enum Failure: Sendable, Hashable {
    case belowBar(label: String, metric: Metric, value: Double, bar: Double)
    case belowBaseline(label: String, metric: Metric, value: Double, baseline: Double)
    /// The rows say nothing about the label: it cannot be shown to pass.
    case cannotBeJudged(label: String, reason: String)
  }

  /// The labels at which `run` fails; empty when it passes.
  ///
  /// A label without positives, or that the run lacks although a bar or the baseline names it,
  /// fails: a gate that passes for want of rows would be no gate.
  public func failures(of run: EvaluationRun, baseline: EvaluationRun? = nil) -> [Failure] {
    var failures: [Failure] = []
    for label in run.labels {
      let bar = labelBars[label.name] ?? bar
      let before = baseline?[label.name].flatMap { metric.value(of: $0) }
      guard bar != nil || before != nil else { continue }
      guard label.counts.support > 0, let value = metric.value(of: label) else {
        failures.append(
          .cannotBeJudged(
            label: label.name,
            reason: label.counts.support == 0 ? "no row is positive" : "no row is negative"))
        continue
      }
      if let bar, !(value >= bar) {
        failures.append(.belowBar(label: label.name, metric: metric, value: value, bar: bar))
      }
      if let before, !(value >= before - tolerance) {
        failures.append(
          .belowBaseline(label: label.name, metric: metric, value: value, baseline: before))
      }
    }
    let wanted = labelBars.keys.sorted() + (baseline?.labels.map(\.name) ?? [])
    var reported: Set<String> = []
    for name in wanted where run[name] == nil && reported.insert(name).inserted {
      failures.append(.cannotBeJudged(label: name, reason: "no row is annotated for it"))
    }
    return failures
  }
}

extension Gate.Metric {
  /// The metric's name as people write it.
  public var title: String {
    switch self {
    case .precision: "precision"
    case .recall: "recall"
    case .f1: "F1"
    case .areaUnderROC: "AUC"
    case .averagePrecision: "average precision"
    }
  }

  func value(of label: EvaluationRun.LabelResult) -> Double? {
    switch self {
    case .precision: label.precision
    case .recall: label.recall
    case .f1: label.f1
    case .areaUnderROC: label.areaUnderROC
    case .averagePrecision: label.averagePrecision
    }
  }
}

extension Gate.Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .belowBar(let label, let metric, let value, let bar):
      "\(label): \(metric.title) \(fixed(value, 4)) is below the bar of \(shortDecimal(bar))"
    case .belowBaseline(let label, let metric, let value, let baseline):
      "\(label): \(metric.title) \(fixed(value, 4)) is below the baseline's "
        + fixed(baseline, 4)
    case .cannotBeJudged(let label, let reason): "\(label): cannot be judged, \(reason)"
    }
  }
}
