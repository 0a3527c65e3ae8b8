import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation

/// `moderate calibrate` fits the map from a model's scores to those of another service.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model's scores to those of another service, on texts that have both.",
    discussion: """
      Each line of the input is {"text", "score"}, the score as the other service gave it, in 0…1. \
      Two thirds of the lines are fitted to, by the isotonic regression that scikit-learn has; on \
      the others it is counted how many texts fall on the same side of common thresholds before and \
      after. The output is the entry for "apis" in moderation.json.
      """)

  @OptionGroup var moderator: ModeratorOptions

  @Option(help: "The other service's name for the score, such as TOXICITY.")
  var name: String

  @Option(parsing: .upToNextOption, help: "The labels whose highest score stands for it.")
  var labels: [String]

  @Option(help: "A file of JSON lines; \"-\" is standard input.")
  var input: String = "-"

  func run() throws {
    let moderator = try moderator.moderator()
    for label in labels where !moderator.bundle.labels.contains(where: { $0.name == label }) {
      throw ValidationError("--labels: the model has no label \"\(label)\"")
    }
    let entry = APITable.Entry(name: name, labels: labels)
    var pairs: [ScorePair] = []
    try BatchRun(title: "calibrate").run(
      try RecordReader(path: input, format: .jsonl),
      prepare: { record throws(RecordProblem) in try Self.pair(of: record) },
      attempt: { items in
        moderator.moderateEach(items.map { Message($0.text) }).map {
          $0.mapError { RecordProblem($0.description) }
        }.enumerated().map { index, result in
          result.map { ScorePair(own: entry.score(in: $0), other: items[index].score) }
        }
      },
      emit: { _, result in if let pair = try? result.get() { pairs.append(pair) } })
    let report = try CalibrationReport(pairs)
    var object = JSONObject()
    object[name] = [
      "labels": .array(labels.map { .string($0) }), "calibration": report.calibration.json,
    ]
    var output = ByteOutput()
    try output.write(JSONValue.object(object).indented() + "\n")
    try output.flush()
    complain(report.summary)
  }

  private static func pair(of record: Record) throws(RecordProblem) -> (text: String, score: Double)
  {
    guard case .json(let bytes) = record else { throw RecordProblem("not a line of JSON") }
    do {
      let value = try JSONValue(parsing: bytes, options: .texts)
      let score = try value.double("score")
      guard (0...1).contains(score) else { throw RecordProblem("the score is not in 0…1") }
      return (try value.string("text"), score)
    } catch let problem as RecordProblem {
      throw problem
    } catch {
      throw RecordProblem("\(error)")
    }
  }
}
