import JSON
import Moderation

/// Reads annotated messages from JSON lines or CSV, one at a time, so that a file of any size needs
/// the memory of its longest line.
///
/// A JSON line is `{"text": …, "labels": {name: 0|1}, "metadata": {…}, "context": […]}`; all but the
/// text may be missing. A label that is missing or null is unknown. Nested metadata is flattened,
/// `{"source": {"site": "a"}}` to `source.site`. In CSV every column that is neither text, context
/// nor label is metadata.
///
/// ```swift
/// var reader = try DatasetReader(format: .jsonLines, chunks: { try file.read() })
/// while let entry = try reader.next() {
///   switch entry {
///   case .example(let example): …
///   case .unreadable(let line): print(line)  // "line 17: labels.spam is \"maybe\", neither 0 nor 1"
///   }
/// }
/// ```
public struct DatasetReader {
  public enum Format: Sendable, Hashable {
    case jsonLines
    /// The first record names the columns.
    case csv(separator: Character = ",")
  }

  public enum Entry: Sendable, Hashable {
    case example(LabelledExample)
    case unreadable(UnreadableLine)
  }

  /// Longer lines are reported as unreadable. In bytes.
  public static let longestLine = 16 << 20

  private let columns: DatasetColumns
  private var source: Source

  private enum Source {
    case jsonLines(ByteStream)
    case csv(CSVRecords, CSVLayout)
  }

  /// Opens a dataset.
  ///
  /// - Parameters:
  ///   - columns: where text and labels stand.
  ///   - name: what errors call the source, usually the file's name.
  ///   - chunks: gives the bytes of the file in pieces of any size, then nil.
  /// - Throws: ``EvaluationError/malformed(file:reason:)`` when a CSV file lacks a column, and what
  ///   `chunks` throws.
  public init(
    format: Format, columns: DatasetColumns = DatasetColumns(), name: String = "the data",
    chunks: @escaping () throws -> [UInt8]?
  ) throws {
    self.columns = columns
    var stream = ByteStream(chunks: chunks)
    try stream.skipByteOrderMark()
    switch format {
    case .jsonLines: source = .jsonLines(stream)
    case .csv(let separator):
      var records = CSVRecords(
        stream, separator: separator.asciiValue ?? UInt8(ascii: ","), limit: Self.longestLine)
      guard case .success(let header)? = try records.next() else {
        throw EvaluationError.malformed(file: name, reason: "there is no header line")
      }
      source = .csv(records, try CSVLayout(header.fields, columns: columns, file: name))
    }
  }

  /// The next message, or the next line that is none; nil at the end.
  public mutating func next() throws -> Entry? {
    switch source {
    case .jsonLines(var stream):
      defer { source = .jsonLines(stream) }
      while let line = try stream.nextLine(limit: Self.longestLine) {
        guard !line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
        if line.isCut {
          return .unreadable(
            UnreadableLine(line: line.line, reason: "longer than \(Self.longestLine) bytes"))
        }
        do throws(LineFailure) {
          return .example(
            try LabelledExample(parsing: line.bytes, line: line.line, columns: columns))
        } catch {
          return .unreadable(UnreadableLine(line: line.line, reason: error.reason))
        }
      }
      return nil
    case .csv(var records, let layout):
      defer { source = .csv(records, layout) }
      switch try records.next() {
      case nil: return nil
      case .failure(let error)?:
        return .unreadable(UnreadableLine(line: error.line, reason: error.reason))
      case .success(let record)?:
        do throws(LineFailure) {
          return .example(try layout.example(record, columns: columns))
        } catch {
          return .unreadable(UnreadableLine(line: record.line, reason: error.reason))
        }
      }
    }
  }
}

/// Which field of a record holds what.
struct CSVLayout {
  private let width: Int
  private let text: Int
  private let context: Int?
  private let labels: [Int]
  private let metadata: [(name: String, field: Int)]

  init(_ header: [String], columns: DatasetColumns, file: String) throws(EvaluationError) {
    func field(_ column: String) throws(EvaluationError) -> Int {
      guard let field = header.firstIndex(of: column) else {
        throw .malformed(
          file: file,
          reason: "there is no column \"\(column)\"; the columns are "
            + header.map { "\"\($0)\"" }.joined(separator: ", "))
      }
      return field
    }
    width = header.count
    text = try field(columns.text)
    context = header.firstIndex(of: columns.context)
    var labels: [Int] = []
    for label in columns.labels { labels.append(try field(label.column)) }
    self.labels = labels
    // The column of a label that is 0 or 1 is not metadata; a column of classes may well be.
    let plain = Set(zip(columns.labels, labels).filter { $0.0.positives.isEmpty }.map(\.1))
    let text = text
    metadata = header.enumerated()
      .filter { $0.offset != text && !plain.contains($0.offset) && !$0.element.isEmpty }
      .map { (name: $0.element, field: $0.offset) }
  }

  func example(
    _ record: CSVRecords.Record, columns: DatasetColumns
  ) throws(LineFailure) -> LabelledExample {
    guard record.fields.count == width else {
      throw LineFailure(
        reason: "\(record.fields.count) columns where the header has \(width)")
    }
    var truths: [String: Bool] = [:]
    for (label, field) in zip(columns.labels, labels) {
      truths[label.name] = try label.truth(of: record.fields[field])
    }
    var values: [String: String] = [:]
    for (name, field) in metadata where !record.fields[field].isEmpty {
      values[name] = record.fields[field]
    }
    return LabelledExample(
      line: record.line, text: record.fields[text], labels: truths, metadata: values,
      context: context.map { MessageTree.contextValues(record.fields[$0]) } ?? [])
  }
}
