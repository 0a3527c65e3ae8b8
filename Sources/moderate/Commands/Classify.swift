import ArgumentParser
import JSON
import Moderation

/// `moderate classify` reads texts and prints their verdicts.
struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge texts and print verdicts.",
    discussion: """
      Prints a table at a terminal and one line of JSON per text in a pipe: {"text", "flagged", \
      "labels": {name: {"score", "flagged", "severity"}}, "actions": {"author", "readers"}, \
      "tokens", "truncated"}. The verdict on a comment with "replies" has "replies" too, one for \
      each. A line that cannot be judged gets {"error", "line"} in its place, and the exit code is 2.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, table, dot
  }

  @OptionGroup var moderator: ModeratorOptions
  @OptionGroup var input: InputOptions

  @Option(
    help: """
      The format of the output: json (one line per text), table, or dot (a Graphviz graph of who \
      harms whom). By default a table at a terminal and JSON in a pipe.
      """)
  var format: Format?

  @Option(
    help: "The JSON field or CSV column that holds the text's id. The answer has it as \"id\".")
  var idField: String?

  @Option(
    help: ArgumentHelp(
      "The members of a verdict that are printed as JSON, such as flagged,labels. All by default.",
      valueName: "name,name"))
  var fields: String?

  func validate() throws {
    for name in members ?? [] where !Verdict.memberNames.contains(name) {
      throw ValidationError(
        "--fields \(name): expected some of \(Verdict.memberNames.joined(separator: ","))")
    }
  }

  private var members: Set<String>? {
    fields.map { Set($0.split(separator: ",").map(String.init)) }
  }

  func run() throws {
    let members = members
    let records = try input.reader(idField: idField)
    let moderator = try moderator.moderator()
    let format = format ?? (Terminal.output.isInteractive ? .table : .json)
    var output = ByteOutput()
    var count = 0
    if format == .dot { try output.write(HarmGraph.header) }
    defer { try? output.flush() }
    var failure: ExitCode?
    do {
      try BatchRun(title: "classify").run(
        records,
        prepare: { record throws(RecordProblem) in
          try input.tree(of: record, idField: idField)
        },
        attempt: { trees in
          moderator.moderateEach(trees).map { $0.mapError { RecordProblem($0.description) } }
        },
        emit: { line, result in
          switch (result, format) {
          case (.success(let tree), .json): try output.write(line: tree.encoded(members: members))
          case (.failure(let problem), .json): try output.write(line: problem.json(line: line))
          case (.success(let tree), .table):
            let isDetailed = input.texts.count == 1 && tree.nodes.count == 1
            let table = VerdictTable(bundle: moderator.bundle, terminal: .output)
            try output.write(isDetailed ? table.details(tree.root.verdict) : table.lines(tree))
          case (.success(let tree), .dot):
            for node in tree.nodes {
              count += 1
              try output.write(HarmGraph.cluster(node.verdict, number: count))
            }
          case (.failure, _): break
          }
        },
        afterBatch: { try output.flush() })
    } catch let code as ExitCode {
      failure = code
    }
    if format == .dot { try output.write(HarmGraph.footer) }
    try output.flush()
    if let failure { throw failure }
  }
}
