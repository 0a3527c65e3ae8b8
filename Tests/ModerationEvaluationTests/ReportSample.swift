import Moderation

@testable import ModerationEvaluation

/// A report with everything in it: two runs, tuning, a failed gate, disguises, slices, mistakes and
/// labels that lack one class.
enum ReportSample {
  static let labels = ["threats", "insult", "spam", "csam", "everything <always>"]

  static func report(rowCount: Int = 400) throws -> EvaluationReport {
    let reference = try evaluator(noise: 0.55, rowCount: rowCount)
    let other = try evaluator(noise: 0.555, rowCount: rowCount)
    let bootstrap = Bootstrap(resamples: 60)
    let tuning = BundleTuning(
      Array(reference.labels), rows: reference.rows, tuner: ThresholdTuner())
    let untuned = reference.run(
      .init(model: "sample", precision: "float32", dataset: "test.jsonl"), bootstrap: bootstrap)
    let tuned = try evaluator(noise: 0.55, rowCount: rowCount, points: tuning.points)
    var run = tuned.run(
      .init(model: "sample", precision: "float32", dataset: "test.jsonl"), bootstrap: bootstrap)
    run.disguises = disguises()
    let second = other.run(
      .init(model: "sample", precision: "int8", dataset: "test.jsonl"), bootstrap: bootstrap)
    let gate = Gate(bar: 0.95)
    return EvaluationReport(
      title: "Sample moderator & friends",
      parts: [
        .init(name: "float32", run: run, evaluator: tuned),
        .init(name: "int8", run: second, evaluator: other),
      ],
      comparisons: [
        try RunComparison(
          first: ("float32", tuned.rows, tuned.columnPoints),
          second: ("int8", other.rows, other.columnPoints), bootstrap: bootstrap)
      ],
      tuning: tuning, untuned: untuned,
      gate: .init(gate: gate, failures: gate.failures(of: run)),
      notes: ["2 lines could not be read: line 17: not valid UTF-8; line 40: text is missing"])
  }

  private static func disguises() -> [DisguiseResult] {
    Disguise.allCases.flatMap { disguise in
      Perturber.strengths.map { strength in
        DisguiseResult(
          disguise: disguise, strength: strength,
          labels: labels.dropLast(2).map {
            .init(
              name: $0, positives: 100, foundPlain: 80,
              foundDisguised: 80 - strength * 3 * (disguise.place + 1))
          })
      }
    }
  }

  private static func evaluator(
    noise: Double, rowCount: Int, points: [OperatingPoint]? = nil
  ) throws -> Evaluator<NoisyModel> {
    var evaluator = Evaluator(
      NoisyModel(noise: noise, labels: labels), points: points, fields: ["language", "context"])
    var generator = SeededGenerator(seed: 1)
    for row in 0..<rowCount {
      var truths: [String: Bool] = [:]
      for (index, label) in labels.enumerated() {
        switch label {
        case "csam": truths[label] = false
        case "everything <always>": truths[label] = true
        default:
          if generator.nextUnit() < 0.95 {
            truths[label] = generator.nextUnit() < 0.4 / Double(index + 1)
          }
        }
      }
      let marks = labels.map { truths[$0] == true ? "1" : "0" }.joined()
      try evaluator.add(
        LabelledExample(
          line: row + 1,
          text: "message \(row) \(marks) <script>window.ran=1</script><svg onload='window.ran=1'> "
            + "\"x\" & é 😀",
          labels: truths,
          metadata: ["language": row % 3 == 0 ? "fr" : "en", "context": "kind \(row % 7)"]))
    }
    try evaluator.finish()
    return evaluator
  }
}

/// Reads the truths from the text and blurs them.
private struct NoisyModel: EvaluatedModel {
  let noise: Double
  let labels: [String]

  var evaluatedLabels: [EvaluatedLabel] {
    labels.enumerated().map { index, name in
      EvaluatedLabel(
        name: name, point: OperatingPoint(threshold: 0.5),
        severity: ["critical", "high", "medium", "critical", "low"][index])
    }
  }

  func rawScores(of messages: [Message]) -> [Result<LabelScores, any Error>] {
    messages.map { message in
      let parts = message.text.split(separator: " ")
      let marks = parts.count > 2 ? Array(parts[2]) : []
      // Close to the other precision's, as int8 is to float32.
      var generator = SeededGenerator(seed: 0, text: message.text)
      return .success(
        LabelScores(
          scores: labels.indices.map { label in
            let truth = marks.indices.contains(label) && marks[label] == "1"
            return Float((truth ? 1 - noise : 0) + noise * generator.nextUnit())
          }))
    }
  }
}
