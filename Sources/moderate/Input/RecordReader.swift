import JSON
import Moderation

/// Why one record of many cannot be used.
struct RecordProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// One entry of an input, before anybody has asked what is in it.
enum Record: Sendable {
  /// A plain line, or an argument.
  case text(String)
  /// A line of JSON, as its bytes: what is in it is for the command to read.
  case json([UInt8])
  /// A row of CSV.
  case row(header: [String], fields: [String])
  /// A comment with its replies, from a JSON file.
  case tree(MessageTree)
}

struct NumberedRecord: Sendable {
  /// The line on which it begins, or the number of the argument or tree, from 1.
  let number: Int
  let record: Result<Record, RecordProblem>
}

/// Entries of an input one after another, whatever its format.
final class RecordReader {
  private enum Source {
    case list([Record])
    case lines(LineReader, isJSON: Bool)
    case csv(CSVReader)
  }

  private let source: Source
  private var position = 0
  /// A line that was read ahead, to see whether blank lines end the file.
  private var pending: [(number: Int, line: [UInt8])] = []

  init(texts: [String]) { source = .list(texts.map(Record.text)) }

  /// - path: A file, or `-` for standard input.
  /// - textField: The field of a tree's messages that holds their text.
  init(path: String, format: InputFormat, textField: String = "text") throws {
    let lines = try LineReader(path: path)
    switch format {
    case .lines: source = .lines(lines, isJSON: false)
    case .jsonl: source = .lines(lines, isJSON: true)
    case .csv: source = .csv(try CSVReader(lines))
    case .json:
      let trees = try MessageTree.trees(
        parsing: try lines.rest(), fields: .init(text: textField))
      source = .list(trees.map(Record.tree))
    }
  }

  /// The columns of a CSV file.
  var header: [String]? {
    switch source {
    case .csv(let reader): reader.header
    default: nil
    }
  }

  /// Whether the next record is not there yet: time to work on those that are.
  var wouldWait: Bool {
    switch source {
    case .list: false
    case .lines(let lines, _): pending.isEmpty && lines.wouldWait
    case .csv(let reader): reader.wouldWait
    }
  }

  /// How far the input has been read; bytes of a file, or entries.
  var progress: ProgressBar.Measure {
    switch source {
    case .list(let records): .init(done: position, total: records.count)
    case .lines(let lines, _): .init(done: lines.bytesRead, total: lines.byteCount)
    case .csv(let reader): .init(done: reader.bytesRead, total: reader.byteCount)
    }
  }

  func next() throws -> NumberedRecord? {
    switch source {
    case .list(let records):
      guard position < records.count else { return nil }
      position += 1
      return NumberedRecord(number: position, record: .success(records[position - 1]))
    case .lines(let lines, let isJSON):
      return isJSON ? try nextJSON(lines) : try nextLine(lines)
    case .csv(let reader):
      guard let row = try reader.next() else { return nil }
      return NumberedRecord(
        number: reader.lineNumber,
        record: row.map { .row(header: reader.header, fields: $0) })
    }
  }

  /// A plain line; bytes that are not UTF-8 become U+FFFD.
  private func nextLine(_ lines: LineReader) throws -> NumberedRecord? {
    guard let line = try lines.next() else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    return NumberedRecord(number: lines.lineNumber, record: .success(.text(text)))
  }

  /// A line of JSON. A blank line is an error, as every line in has its line out, unless only blank
  /// lines follow it.
  private func nextJSON(_ lines: LineReader) throws -> NumberedRecord? {
    if pending.isEmpty {
      while let line = try lines.next() {
        pending.append((lines.lineNumber, line))
        if !Self.isBlank(line) { break }
      }
      guard let last = pending.last, !Self.isBlank(last.line) else { return nil }
    }
    let (number, line) = pending.removeFirst()
    return NumberedRecord(
      number: number,
      record: Self.isBlank(line) ? .failure(RecordProblem("empty line")) : .success(.json(line)))
  }

  private static func isBlank(_ line: [UInt8]) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
}
