public import ArgumentParser
import Moderation
public import ModerationEvaluation

/// The bars a run has to clear; the command ends with exit code 1 when it does not.
struct GateOptions: ParsableArguments {
  @Option(help: "The lowest value that passes, for every label.")
  var gate: Double?

  @Option(
    help: ArgumentHelp("The bar of one label; repeatable.", valueName: "label=bar"))
  var gateLabel: [String] = []

  @Option(
    help: "What is held against the bar: f1, precision, recall, areaUnderROC, averagePrecision.")
  var gateMetric: Gate.Metric = .f1

  @Option(help: "A run that --save wrote: no label may be worse.")
  var baseline: String?

  @Option(help: "By how much a label may be worse than in the baseline.")
  var tolerance: Double = 0

  func validate() throws {
    for argument in gateLabel where Self.bar(argument) == nil {
      throw ValidationError("--gate-label \(argument): expected LABEL=BAR")
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
      try EvaluationRun(parsing: try ByteSource.contents(of: $0), file: FileOutput.name(of: $0))
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
