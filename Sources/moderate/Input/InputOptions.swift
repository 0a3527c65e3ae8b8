import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation
import SystemPackage

/// The texts of a command: arguments, standard input or a file.
struct InputOptions: ParsableArguments {
  @Argument(help: "Texts. Without any, and without --input, lines are read from standard input.")
  var texts: [String] = []

  @Option(
    help: """
      A file: .jsonl (objects with a "text"), .csv or .tsv (with a "text" column), .json (a comment \
      with "replies"), else one text a line. "-" is standard input.
      """)
  var input: String?

  @Option(help: "The format of the input, whatever its name: lines, jsonl, csv, tsv or json.")
  var inputFormat: InputFormat?

  @Option(help: "The JSON field or CSV column that holds the text.")
  var textField: String = "text"

  func validate() throws {
    if !texts.isEmpty, input != nil {
      throw ValidationError("texts as arguments and --input exclude each other")
    }
  }

  /// The input's format: as asked for, else by the file's name, else plain lines.
  var format: InputFormat { inputFormat ?? InputFormat(path: input ?? "") ?? .lines }

  /// Opens the input.
  ///
  /// - Parameter idField: the field or column of the ids; nil is `id`, where there is one.
  func reader(idField: String? = nil) throws -> RecordReader {
    if !texts.isEmpty { return RecordReader(texts: texts) }
    if input == nil, FileDescriptor.standardInput.isTerminal { throw CommandError.noInput }
    return try RecordReader(
      path: input ?? "-", format: format, textField: textField, idField: idField)
  }

  /// A record as a message tree; most have a single message.
  func tree(of record: Record, idField: String? = nil) throws(RecordProblem) -> MessageTree {
    switch record {
    case .tree(let tree): return tree
    case .text(let text): return MessageTree(Message(text))
    case .json(let bytes):
      do {
        return try MessageTree(
          parsing: bytes, fields: .init(text: textField, id: idField ?? "id"))
      } catch {
        throw RecordProblem(Self.reason(error))
      }
    }
  }

  /// A record as one message.
  func message(of record: Record) throws(RecordProblem) -> Message {
    let tree = try tree(of: record)
    guard tree.nodes.count == 1 else {
      throw RecordProblem("a comment with replies, where one text is expected")
    }
    return tree.root.message
  }

  private static func reason(_ error: ModerationError) -> String {
    guard case .invalidTree(let reason) = error else { return error.description }
    // The scanner saw this line alone, and called it the first.
    let line = "line 1, "
    return reason.hasPrefix(line) ? String(reason.dropFirst(line.count)) : reason
  }
}
