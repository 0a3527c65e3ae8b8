public import ArgumentParser
import JSON
import Moderation
public import ModerationEvaluation

/// `moderate perturb` writes texts in disguise.
struct Perturb: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write texts in disguise, as people do to get past a filter.",
    discussion: """
      Prints one line of JSON for each variant: {"text", "disguise", "strength", "original"}. The \
      fields of a JSON line are copied to its variants, so that labelled lines stay labelled. The \
      same seed gives the same variants.
      """)

  @OptionGroup var input: InputOptions

  @Option(
    help: ArgumentHelp(
      "\(Disguise.allCases.map(\.rawValue).joined(separator: ", ")). Repeatable; by default all.",
      valueName: "disguise"))
  var disguise: [Disguise] = []

  @Option(
    help:
      "How much is disguised: 1 (a few letters), 2, or 3 (most letters). Repeatable; by default 2.")
  var strength: [Int] = [2]

  @Option(help: "The seed of the random choices.")
  var seed: UInt64 = 0

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for strength in strength where !Perturber.strengths.contains(strength) {
      throw ValidationError("--strength takes 1, 2 or 3")
    }
  }

  func run() throws {
    let records = try input.reader()
    let perturber = Perturber(seed: seed)
    let disguises = disguise.isEmpty ? Disguise.allCases : disguise
    let format = output.chosen
    var out = ByteOutput()
    defer { try? out.flush() }
    try BatchRun(title: "perturb").run(
      records,
      prepare: { record throws(RecordProblem) in
        (object: Self.object(of: record), text: try input.message(of: record).text)
      },
      work: { $0 },
      emit: { line, result in
        switch result {
        case .failure(let problem):
          if format == .json { try out.write(line: problem.json(line: line)) }
        case .success(let item):
          for disguise in disguises {
            for strength in strength {
              let variant = perturber(item.text, disguise, strength: strength)
              switch format {
              case .table:
                let name = DisplayText.fitted(disguise.rawValue, 11)
                try out.write(
                  Terminal.output.styled("\(name) \(strength)  ", .dim)
                    + visible(variant) + "\n")
              case .json:
                var object = item.object
                object[input.textField] = .string(variant)
                object["disguise"] = .string(disguise.rawValue)
                object["strength"] = .number(JSONNumber(strength))
                object["original"] = .string(item.text)
                try out.write(line: JSONValue.object(object).encoded())
              }
            }
          }
        }
      },
      afterBatch: { try out.flush() })
  }

  /// The fields of a JSON line, to come along.
  private static func object(of record: Record) -> JSONObject {
    guard case .json(let bytes) = record,
      case .object(let object)? = try? JSONValue(
        parsing: bytes, options: JSONOptions(loneSurrogates: .replace))
    else { return JSONObject() }
    return object
  }
}

extension Disguise: ExpressibleByArgument {}
