public import ArgumentParser
import Moderation
public import ModerationEvaluation

/// Choosing thresholds.
struct TuningOptions: ParsableArguments {
  @Option(
    help: """
      Annotated messages to choose the thresholds on; never those of --test. The numbers are then \
      those at the chosen thresholds.
      """)
  var tune: String?

  @Option(
    help: ArgumentHelp(
      """
      How thresholds are chosen: f1 (highest F1), recall@PRECISION (highest recall at that \
      precision), or cost:ALARM:MISS (lowest cost, where a false alarm and a miss cost so much).
      """,
      valueName: "goal"))
  var goal: String = "f1"

  @Option(help: "Also fit a calibration of the scores: platt or isotonic.")
  var calibrate: Calibration.FittingMethod?

  @Flag(
    help: "Write thresholds and calibrations into moderation.json, with the counts of rows used.")
  var write = false

  @Option(help: "Warn where a threshold is chosen on fewer positives or negatives than this.")
  var minimumSupport: Int = 30

  func validate() throws {
    guard Self.goal(goal) != nil else {
      throw ValidationError("--goal \(goal): expected f1, recall@0.9 or cost:1:5")
    }
    if tune == nil, write || calibrate != nil {
      throw ValidationError("--write and --calibrate need --tune")
    }
  }

  var tuner: ThresholdTuner {
    ThresholdTuner(goal: Self.goal(goal) ?? .maximumF1, minimumSupport: minimumSupport)
  }

  static func goal(_ text: String) -> ThresholdGoal? {
    if text == "f1" { return .maximumF1 }
    if text.hasPrefix("recall@"), let precision = Double(text.dropFirst(7)),
      (0...1).contains(precision)
    {
      return .recall(atPrecision: precision)
    }
    let parts = text.split(separator: ":")
    guard parts.count == 3, parts[0] == "cost", let alarm = Double(parts[1]),
      let miss = Double(parts[2]), alarm >= 0, miss >= 0, alarm.isFinite, miss.isFinite
    else { return nil }
    return .cost(falsePositive: alarm, falseNegative: miss)
  }
}

extension Calibration.FittingMethod: ExpressibleByArgument {}
