import ArgumentParser
import JSON
import Moderation

enum InputFormat: String, ExpressibleByArgument, CaseIterable {
  /// One text a line.
  case lines
  /// One JSON object a line.
  case jsonl
  case csv
  /// One comment with its replies, or an array of them.
  case json
}

/// Where texts come from: arguments, standard input or a file.
struct InputOptions: ParsableArguments {
  @Argument(help: "Texts. Without any, and without --input, lines are read from standard input.")
  var texts: [String] = []

  @Option(
    help: """
      A file: .jsonl (objects with a "text"), .csv (a "text" column), .json (a comment with \
      "replies"), else one text a line. "-" is standard input.
      """)
  var input: String?

  @Option(help: "Format of the input, whatever its name: lines, jsonl, csv or json.")
  var inputFormat: InputFormat?

  @Option(help: "The JSON field or CSV column that holds the text.")
  var textField: String = "text"

  func validate() throws {
    if !texts.isEmpty, input != nil {
      throw ValidationError("texts as arguments and --input exclude each other")
    }
  }

  /// The input's format: as asked for, else by the file's name, else plain lines.
  var format: InputFormat {
    if let inputFormat { return inputFormat }
    let name = (input ?? "").lowercased()
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonl }
    if name.hasSuffix(".csv") { return .csv }
    return name.hasSuffix(".json") ? .json : .lines
  }

  /// Opens the input.
  func reader() throws -> RecordReader {
    if !texts.isEmpty { return RecordReader(texts: texts) }
    if input == nil, Terminal(fileDescriptor: 0).isInteractive { throw CommandError.noInput }
    let reader = try RecordReader(path: input ?? "-", format: format, textField: textField)
    if let header = reader.header, !header.contains(textField) {
      throw CommandError.input(
        """
        no column "\(textField)"; there is \(header.map { "\"\($0)\"" }.joined(separator: ", ")). \
        Name one with --text-field.
        """)
    }
    return reader
  }

  /// A record as a message tree; most have a single message.
  func tree(of record: Record) throws(RecordProblem) -> MessageTree {
    switch record {
    case .tree(let tree): return tree
    case .text(let text): return MessageTree(Message(text))
    case .json(let bytes):
      do {
        return try MessageTree(parsing: bytes, fields: .init(text: textField))
      } catch {
        throw RecordProblem(Self.reason(error))
      }
    case .row(let header, let fields):
      func field(_ name: String) -> String? { header.firstIndex(of: name).map { fields[$0] } }
      let context = field("context").map(MessageTree.contextValues) ?? []
      return MessageTree(
        Message(field(textField) ?? "", context: context),
        id: field("id").map(JSONValue.string))
    }
  }

  /// A record as one text.
  func text(of record: Record) throws(RecordProblem) -> String {
    let tree = try tree(of: record)
    guard tree.nodes.count == 1 else {
      throw RecordProblem("a comment with replies, where one text is expected")
    }
    return tree.root.message.text
  }

  private static func reason(_ error: ModerationError) -> String {
    guard case .invalidTree(let reason) = error else { return error.description }
    // The scanner saw this line alone, and called it the first.
    let line = "line 1, "
    return reason.hasPrefix(line) ? String(reason.dropFirst(line.count)) : reason
  }
}
