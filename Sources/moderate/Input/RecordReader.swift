import JSON
import Moderation
import ModerationEvaluation

/// Entries of an input one after another, whatever its format.
final class RecordReader {
  private enum Source {
    case list([Record])
    case lines(ByteStream, isJSON: Bool)
    case rows(CSVReader, Columns)
  }

  /// The positions of the columns that a message is made of.
  private struct Columns {
    let text: Int
    let context: Int?
    let id: Int?
  }

  private let source: Source
  /// The file that the source reads from, and its bytes.
  private var input: (file: InputFile, stream: ByteStream)?
  private var position = 0
  /// A line that was read ahead, to see whether blank lines end the file.
  private var pending: [ByteStream.Line] = []

  init(texts: [String]) { source = .list(texts.map(Record.text)) }

  /// - path: A file, or `-` for standard input.
  /// - textField: The field or column that holds the text.
  /// - idField: The field or column that holds the id; nil is `id`, where there is one.
  init(path: String, format: InputFormat, textField: String = "text", idField: String? = nil) throws
  {
    let file = try InputFile(path: path)
    let stream = ByteStream { try file.next() }
    input = (file, stream)
    switch format {
    case .lines: source = .lines(stream, isJSON: false)
    case .jsonl: source = .lines(stream, isJSON: true)
    case .csv, .tsv:
      let rows = try CSVReader(
        stream, separator: format.separator ?? UInt8(ascii: ","), name: file.name)
      do {
        source = .rows(
          rows,
          Columns(
            text: try rows.column(textField), context: try rows.optionalColumn("context"),
            id: try idField.map { try rows.column($0) } ?? rows.optionalColumn("id")))
      } catch {
        throw CommandError.input(
          "\(error). Name the columns with --text-field and --id-field.")
      }
    case .json:
      guard let bytes = try stream.rest() else {
        let reason = ByteStream.tooLong(limit: ByteStream.longestFile)
        throw CommandError.input("\(file.name): \(reason); give JSON lines instead")
      }
      let trees = try MessageTree.trees(
        parsing: bytes, fields: .init(text: textField, id: idField ?? "id"))
      source = .list(trees.map(Record.tree))
    }
  }

  /// Whether the next record is not there yet: time to work on those that are.
  var wouldWait: Bool {
    guard pending.isEmpty, let input else { return false }
    return !input.stream.hasLine && input.file.wouldWait
  }

  /// The part of the input that has been read, in bytes of a file or in entries.
  var progress: ProgressBar.Measure {
    if case .list(let records) = source { return .init(done: position, total: records.count) }
    return input?.file.progress ?? .init(done: 0, total: nil)
  }

  func next() throws -> NumberedRecord? {
    switch source {
    case .list(let records):
      guard position < records.count else { return nil }
      position += 1
      return NumberedRecord(number: position, record: .success(records[position - 1]))
    case .lines(let stream, let isJSON):
      guard let line = isJSON ? try nextWithText(stream) : try stream.nextLine() else { return nil }
      return NumberedRecord(
        number: line.number, record: isJSON ? Self.json(line) : Self.text(line))
    case .rows(let reader, let columns):
      guard let row = try reader.next() else { return nil }
      switch row {
      case .success(let row):
        return NumberedRecord(number: row.line, record: .success(Self.record(of: row, columns)))
      case .failure(let line):
        return NumberedRecord(number: line.line, record: .failure(RecordProblem(line.reason)))
      }
    }
  }

  /// The next line, unless only blank lines are left.
  private func nextWithText(_ stream: ByteStream) throws -> ByteStream.Line? {
    if pending.isEmpty {
      while let line = try stream.nextLine() {
        pending.append(line)
        if !Self.isBlank(line) { break }
      }
      guard let last = pending.last, !Self.isBlank(last) else { return nil }
    }
    return pending.removeFirst()
  }

  /// A plain line; bytes that are not UTF-8 become U+FFFD.
  private static func text(_ line: ByteStream.Line) -> Result<Record, RecordProblem> {
    if line.isTooLong { return .failure(RecordProblem(ByteStream.tooLong())) }
    return .success(.text(String(decoding: line.bytes, as: UTF8.self)))
  }

  /// A line of JSON. A blank one is an error, as every line in has its line out.
  private static func json(_ line: ByteStream.Line) -> Result<Record, RecordProblem> {
    if line.isTooLong { return .failure(RecordProblem(ByteStream.tooLong())) }
    return isBlank(line) ? .failure(RecordProblem("empty line")) : .success(.json(line.bytes))
  }

  private static func record(of row: CSVReader.Row, _ columns: Columns) -> Record {
    let context = columns.context.map { MessageTree.contextValues(row.fields[$0]) } ?? []
    return .tree(
      MessageTree(
        Message(row.fields[columns.text], context: context),
        id: columns.id.map { .string(row.fields[$0]) }))
  }

  private static func isBlank(_ line: ByteStream.Line) -> Bool {
    line.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
}
