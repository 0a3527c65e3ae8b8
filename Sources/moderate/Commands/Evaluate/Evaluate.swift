import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation

/// `moderate evaluate` measures models on annotated messages.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure models on annotated messages.",
    discussion: """
      The messages are JSON lines, {"text", "labels": {name: 0|1}, "metadata": {…}}, where a \
      missing label is unknown, or CSV or TSV with --label. Several models and precisions are \
      compared on the same messages. Prints tables at a terminal and one line of JSON for each run \
      in a pipe. The exit code is 1 when a gate is not passed.
      """)

  @OptionGroup(title: "Models") var models: EvaluationModelOptions
  @OptionGroup(title: "Data") var data: DatasetOptions

  @Option(help: "A file of annotated messages to measure on. Repeatable; all files count as one.")
  var test: [String]

  @Option(
    help: """
      A metadata field, or CSV column: numbers are also given for each of its values. Repeatable. \
      a+b stands for both fields together, and "file" for the name of the file.
      """)
  var slice: [String] = []

  @OptionGroup(title: "Thresholds") var tuning: TuningOptions
  @OptionGroup(title: "Gate") var gate: GateOptions

  @Flag(help: "Also measure the recall on positive messages that are written in disguise.")
  var perturb = false

  @Option(help: "Write a report to this file, .html or .md. Repeatable.")
  var report: [String] = []

  @Option(help: "Write the numbers to this file, as JSON, for --baseline of a later run.")
  var save: String?

  @Option(help: "The number of bootstrap resamples for the 95 % intervals; 0 for none.")
  var resamples: Int = 1000

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 0

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if test.isEmpty { throw ValidationError("--test FILE is missing") }
    for path in report where !path.hasSuffix(".html") && !path.hasSuffix(".md") {
      throw ValidationError("--report \(path): expected a name that ends in .html or .md")
    }
    if tuning.write, models.model.count > 1 || models.precision.count > 1 {
      throw ValidationError("--write takes one model in one precision")
    }
    if test.contains(where: { $0 == tuning.tune }) {
      throw ValidationError("--tune and --test are the same file")
    }
    if resamples < 0 { throw ValidationError("--resamples takes a number of at least 0") }
  }

  /// The name of the data in reports.
  var dataset: String { test.map(FileOutput.name).joined(separator: ", ") }

  func run() throws {
    let baseline = try gate.baselineRun()
    var judgement = Judgement(command: self)
    for candidate in try models.candidates() { try judgement.judge(candidate) }
    try judgement.compare()
    let outcome =
      gate.isAsked
      ? judgement.results.first.map { first in
        EvaluationReport.GateOutcome(
          gate: gate.rules, failures: gate.rules.failures(of: first.run, baseline: baseline))
      } : nil
    let whole = judgement.report(gate: outcome)
    for path in report {
      try FileOutput.write(
        path.hasSuffix(".md") ? try whole.markdown() : try whole.html(), to: path)
    }
    if let save, let first = judgement.results.first {
      try FileOutput.write(try first.run.encoded(), to: save)
    }
    if tuning.write { try judgement.writeBundle() }
    try show(whole)
    guard outcome?.failures.isEmpty ?? true else { throw ExitCode(1) }
  }

  private func show(_ report: EvaluationReport) throws {
    var out = ByteOutput()
    switch output.chosen {
    case .json:
      for part in report.parts { try out.write(line: try part.run.line()) }
    case .table:
      try out.write(EvaluationTables(report: report, terminal: .output).rendered())
    }
    try out.flush()
    // In a pipe the table's words go to standard error.
    if output.chosen == .json {
      for note in report.notes { complain(note) }
      for failure in report.gate?.failures ?? [] { complain("gate: \(failure)") }
    }
  }
}

extension EvaluationRun {
  /// The run on one line.
  fileprivate func line() throws -> [UInt8] {
    do {
      return try JSONValue(parsing: try encoded()).encoded()
    } catch let error as JSONError {
      throw CommandError.output(error.description)
    }
  }
}
