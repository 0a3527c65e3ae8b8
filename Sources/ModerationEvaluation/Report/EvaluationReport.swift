/// Everything there is to show of one or more evaluations of the same data: as one HTML page or as
/// Markdown.
public struct EvaluationReport: Sendable {
  /// One run with what is drawn of it.
  public struct Part: Sendable {
    /// The run's name in tables.
    public let name: String
    public let run: EvaluationRun
    /// One per label of the run, in order.
    package let curves: [LabelCurves]
    /// One per label of the run, in order.
    public let showcase: [Showcase.Label]

    /// Takes what an evaluator gathered.
    public init<Model>(name: String, run: EvaluationRun, evaluator: Evaluator<Model>) {
      self.name = name
      self.run = run
      let points = evaluator.columnPoints
      let positions = run.labels.compactMap { evaluator.rows.labels.firstIndex(of: $0.name) }
      let rows = evaluator.rows.selecting(positions).calibrated(by: positions.map { points[$0] })
      curves = rows.labels.indices.map { LabelCurves(rows.column($0)) }
      showcase = evaluator.showcase.selecting(run.labels.map(\.name))
    }
  }

  /// The result of a gate.
  public struct GateOutcome: Sendable {
    public let gate: Gate
    public let failures: [Gate.Failure]

    public init(gate: Gate, failures: [Gate.Failure]) {
      self.gate = gate
      self.failures = failures
    }
  }

  public var title: String
  /// The first is the one that is shown in full; the others stand beside it.
  public var parts: [Part]
  public var comparisons: [RunComparison]
  public var tuning: BundleTuning?
  /// The first part's run at the thresholds it had before tuning.
  public var untuned: EvaluationRun?
  public var gate: GateOutcome?
  /// Remarks on the data: lines that could not be read, labels without rows.
  public var notes: [String]

  /// The models and the data, in words.
  var subject: String {
    parts.map { part in
      part.run.model + (part.run.precision.map { " in \($0)" } ?? "")
    }.joined(separator: ", ") + " on \(parts.first?.run.dataset ?? "nothing")"
  }

  public init(
    title: String, parts: [Part], comparisons: [RunComparison] = [], tuning: BundleTuning? = nil,
    untuned: EvaluationRun? = nil, gate: GateOutcome? = nil, notes: [String] = []
  ) {
    self.title = title
    self.parts = parts
    self.comparisons = comparisons
    self.tuning = tuning
    self.untuned = untuned
    self.gate = gate
    self.notes = notes
  }
}
