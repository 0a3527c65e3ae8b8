import ArgumentParser
import JSON
import Moderation

/// `moderate classify`: texts in, verdicts out.
struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge texts.",
    discussion: """
      Prints a table at a terminal and one line of JSON per text in a pipe: {"text", "flagged", \
      "labels": {name: {"score", "flagged", "severity"}}, "actions": {"author", "readers"}, \
      "tokens", "truncated"}. A comment with "replies" comes out with its replies.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, table, dot
  }

  @OptionGroup var moderator: ModeratorOptions
  @OptionGroup var input: InputOptions

  @Option(
    help: """
      json (one line per text), table, or dot (a Graphviz graph of who harms whom); by default a \
      table at a terminal, JSON in a pipe.
      """)
  var format: Format?

  func run() throws {
    let records = try input.reader()
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
          let tree = try input.tree(of: record)
          return try checked(tree, for: moderator)
        },
        work: { trees in try moderator.moderate(trees) },
        emit: { line, result in
          switch (result, format) {
          case (.success(let tree), .json): try output.write(line: tree.encoded())
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

  private func checked(_ tree: MessageTree, for moderator: Moderator) throws(RecordProblem)
    -> MessageTree
  {
    let root = try self.moderator.message(tree.root.message, for: moderator)
    var result = MessageTree(root, id: tree.root.id)
    for node in tree.nodes.dropFirst() {
      let message = try self.moderator.message(node.message, for: moderator)
      do {
        try result.append(message, id: node.id, depth: node.depth)
      } catch {
        throw RecordProblem(error.description)
      }
    }
    return result
  }
}
