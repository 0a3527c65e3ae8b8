public import ArgumentParser
import Moderation
public import ModerationEvaluation

/// The values that a run must reach; the command ends with exit code 1 when it does not.
struct GateOptions: ParsableArguments {
  @Option(help: "The lowest value that every label must reach, such as 0.85.")
  var gate: Double?

  @Option(
    help: ArgumentHelp(
      "The lowest value that one label must reach; repeatable.", valueName: "label=bar"))
  var gateLabel: [String] = []

  @Option(
    help: "The metric of the gate: f1, precision, recall, areaUnderROC or averagePrecision.")
  var gateMetric: Gate.Metric = .f1

  @Option(help: "A file that --save wrote. No label may be worse than in it.")
  var baseline: String?

  @Option(help: "How much worse than in the baseline a label may be.")
  var tolerance: Double = 0

  func validate() throws {
    var labels: Set<String> = []
    for argument in gateLabel {
      guard let (label, _) = Self.bar(argument) else {
        throw ValidationError("--gate-label \(argument): expected LABEL=BAR")
      }
      guard labels.insert(label).inserted else {
        throw ValidationError("--gate-label \(argument): \(label) is there twice")
      }
    }
  }

  var isAsked: Bool { gate != nil || !gateLabel.isEmpty || baseline != nil }

  var rules: Gate {
    Gate(
      metric: gateMetric, bar: gate,
      labelBars: Dictionary(
        gateLabel.compactMap(Self.bar), uniquingKeysWith: { _, last in last }),
      tolerance: tolerance)
  }

  func baselineRun() throws -> EvaluationRun? {
    try baseline.map {
      try EvaluationRun(parsing: try InputFile(path: $0).rest(), file: FileOutput.name(of: $0))
    }
  }

  private static func bar(_ argument: String) -> (String, Double)? {
    guard let sign = argument.lastIndex(of: "="), sign != argument.startIndex,
      let bar = Double(argument[argument.index(after: sign)...])
    else { return nil }
    return (String(argument[..<sign]), bar)
  }
}

extension Gate.Metric: ExpressibleByArgument {}
