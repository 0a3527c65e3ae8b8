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

  private let columns: DatasetColumns
  private let source: Source

  private enum Source {
    case jsonLines(ByteStream)
    case csv(CSVReader, CSVLayout)
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
    let stream = ByteStream(pieces: chunks)
    switch format {
    case .jsonLines: source = .jsonLines(stream)
    case .csv(let separator):
      let reader = try CSVReader(
        stream, separator: separator.asciiValue ?? UInt8(ascii: ","), name: name)
      source = .csv(reader, try CSVLayout(reader, columns: columns))
    }
  }

  /// The next message, or the next line that is none; nil at the end.
  public mutating func next() throws -> Entry? {
    switch source {
    case .jsonLines(let stream):
      while let line = try stream.nextLine() {
        guard !line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
        return Self.entry(line.number) { () throws(LineFailure) in
          if line.isTooLong { throw LineFailure(reason: ByteStream.tooLong()) }
          return try LabelledExample(parsing: line.bytes, line: line.number, columns: columns)
        }
      }
      return nil
    case .csv(let reader, let layout):
      switch try reader.next() {
      case nil: return nil
      case .failure(let line)?: return .unreadable(line)
      case .success(let row)?:
        return Self.entry(row.line) { () throws(LineFailure) in
          try layout.example(row, columns: columns)
        }
      }
    }
  }

  private static func entry(
    _ line: Int, _ example: () throws(LineFailure) -> LabelledExample
  ) -> Entry {
    do throws(LineFailure) {
      return .example(try example())
    } catch {
      return .unreadable(UnreadableLine(line: line, reason: error.reason))
    }
  }
}
