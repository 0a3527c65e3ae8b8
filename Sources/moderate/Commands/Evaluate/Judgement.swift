import Moderation
import ModerationEvaluation
import Platform
import Tensor

/// The work of `moderate evaluate`: candidates over data, one after another.
struct Judgement {
  struct Result {
    let name: String
    let candidate: EvaluationModelOptions.Candidate
    let bundle: ModerationBundle
    let evaluator: Evaluator<Moderator>
    var run: EvaluationRun
    let untuned: EvaluationRun?
    let tuning: BundleTuning?
  }

  let command: Evaluate
  private(set) var results: [Result] = []
  private(set) var comparisons: [RunComparison] = []
  private var notes: [String] = []

  init(command: Evaluate) {
    self.command = command
  }

  private var bootstrap: Bootstrap? {
    command.resamples == 0
      ? nil : Bootstrap(resamples: command.resamples, seed: command.seed)
  }

  /// Judges one model in one precision.
  mutating func judge(_ candidate: EvaluationModelOptions.Candidate) throws {
    let moderator = try candidate.load()
    let name = self.name(of: moderator, candidate)
    let precision = candidate.options.precision ?? moderator.bundle.model.precisions.first
    var tuning: BundleTuning?
    if let path = command.tuning.tune {
      let validation = try evaluator(moderator, over: [path], title: "\(name): tune", points: nil)
      note(validation, file: FileOutput.name(of: path))
      tuning = BundleTuning(
        validation.labels, rows: validation.rows, tuner: command.tuning.tuner,
        calibration: command.tuning.calibrate)
    }
    let evaluator = try evaluator(
      moderator, over: command.test, title: name, points: tuning?.points)
    note(evaluator, file: command.dataset)
    guard !evaluator.rows.annotatedLabels.isEmpty else {
      throw CommandError.input(
        "\(command.dataset): no row is annotated for a label of \(name), which "
          + "has \(evaluator.labels.map(\.name).joined(separator: ", "))")
    }
    let description = EvaluationRun.Description(
      model: moderator.bundle.name, precision: precision?.rawValue,
      dataset: command.dataset)
    var run = evaluator.run(description, bootstrap: bootstrap)
    if command.perturb {
      run.disguises = try disguises(moderator, points: tuning?.points, title: "\(name): disguises")
    }
    let untuned = tuning.map { _ in
      evaluator.run(
        description, points: evaluator.labels.map(\.point), bootstrap: nil)
    }
    results.append(
      Result(
        name: name, candidate: candidate, bundle: moderator.bundle, evaluator: evaluator, run: run,
        untuned: untuned, tuning: tuning))
  }

  /// The name of a candidate in tables: short, and different from the others.
  private func name(of moderator: Moderator, _ candidate: EvaluationModelOptions.Candidate)
    -> String
  {
    let precision = candidate.options.precision?.rawValue
    let bundle = moderator.bundle.name
    if command.models.model.count <= 1, let precision { return precision }
    let name = precision.map { "\(bundle) \($0)" } ?? bundle
    let taken = results.count { $0.name == name || $0.name.hasPrefix(name + " #") }
    return taken == 0 ? name : "\(name) #\(taken + 1)"
  }

  private func evaluator(
    _ moderator: Moderator, over paths: [String], title: String, points: [OperatingPoint]?
  ) throws -> Evaluator<Moderator> {
    var evaluator = Evaluator(
      moderator, points: points, fields: command.slice, seed: command.seed)
    let bar = ProgressBar(title)
    defer { bar.finish() }
    let files = try DataFiles(paths)
    while let (file, path) = files.next() {
      var reader = try command.data.reader(file)
      try evaluator.read(&reader, file: FileOutput.stem(of: path)) {
        bar.update(items: $0, progress: files.progress)
      }
    }
    return evaluator
  }

  private func disguises(
    _ moderator: Moderator, points: [OperatingPoint]?, title: String
  ) throws -> [DisguiseResult] {
    var probe = DisguiseProbe(moderator, points: points, seed: command.seed)
    let bar = ProgressBar(title)
    defer { bar.finish() }
    let files = try DataFiles(command.test)
    var count = 0
    while let (file, _) = files.next() {
      var reader = try command.data.reader(file)
      while let entry = try reader.next() {
        guard case .example(let example) = entry else { continue }
        probe.add(example)
        count += 1
        bar.update(items: count, progress: files.progress)
      }
    }
    probe.finish()
    return probe.results
  }

  private mutating func note(_ evaluator: Evaluator<Moderator>, file: String) {
    func add(_ text: String) {
      if !notes.contains(text) { notes.append(text) }
    }
    if evaluator.unreadableCount > 0 {
      let shown = evaluator.unreadable.prefix(5).map(\.description).joined(separator: "; ")
      let more = evaluator.unreadableCount > 5 ? "; …" : ""
      add("\(file): \(evaluator.unreadableCount) lines could not be used: \(shown)\(more)")
    }
    if !evaluator.unknownLabels.isEmpty {
      add(
        "\(file): labels that the model does not have: "
          + evaluator.unknownLabels.joined(separator: ", "))
    }
    let silent = evaluator.labels.map(\.name).filter { name in
      !evaluator.rows.annotatedLabels.contains { evaluator.rows.labels[$0] == name }
    }
    if !silent.isEmpty {
      add("\(file): labels without an annotated row: \(silent.joined(separator: ", "))")
    }
  }

  /// Holds every other result against the first, and each int8 result against the same model's
  /// float32 where both are there.
  mutating func compare() throws {
    for (index, second) in results.enumerated().dropFirst() {
      let sameModel = results[..<index].first { $0.candidate.source == second.candidate.source }
      guard let first = sameModel ?? results.first else { continue }
      comparisons.append(
        try RunComparison(
          first: (first.name, first.evaluator.rows, first.evaluator.columnPoints),
          second: (second.name, second.evaluator.rows, second.evaluator.columnPoints),
          bootstrap: bootstrap ?? Bootstrap(resamples: 1)))
    }
  }

  func report(gate: EvaluationReport.GateOutcome?) -> EvaluationReport {
    let names = results.map(\.bundle.name).reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    return EvaluationReport(
      title: names.joined(separator: ", "),
      parts: results.map { .init(name: $0.name, run: $0.run, evaluator: $0.evaluator) },
      comparisons: comparisons, tuning: results.first?.tuning, untuned: results.first?.untuned,
      gate: gate, notes: notes)
  }

  /// Puts what was tuned into the bundle's moderation.json.
  func writeBundle() throws {
    guard let result = results.first, let tuning = result.tuning,
      let source = command.tuning.tune
    else { return }
    let bundle = tuning.applied(to: result.bundle, source: FileOutput.name(of: source))
    let path = result.candidate.source.folder.appending(path: ModerationBundle.fileName).path
    try FileOutput.write(bundle.encoded(), to: path)
    complain("wrote \(path)")
  }
}
