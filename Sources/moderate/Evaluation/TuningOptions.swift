public import ArgumentParser
import Moderation
public import ModerationEvaluation

/// How thresholds are chosen.
struct TuningOptions: ParsableArguments {
  @Option(
    help: """
      Validation rows to choose thresholds on; never the test rows. The numbers are then those at \
      the chosen thresholds.
      """)
  var tune: String?

  @Option(
    help: ArgumentHelp(
      "f1, recall@PRECISION (highest recall at that precision) or cost:ALARM:MISS.",
      valueName: "goal"))
  var goal: String = "f1"

  @Option(help: "Also fit a calibration: platt or isotonic.")
  var calibrate: Calibration.FittingMethod?

  @Flag(help: "Write thresholds, calibrations and the counts they rest on into moderation.json.")
  var write = false

  @Option(help: "Warn where a choice rests on fewer positives or negatives.")
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
