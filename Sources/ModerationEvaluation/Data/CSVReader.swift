/// The rows of a CSV or TSV file (RFC 4180), whose first row names the columns.
///
/// Quoted fields may hold separators, doubled quotes and line breaks, which are given back as they
/// stand in the file; a quote inside an unquoted field stands for itself. Only a `\n` or `\r\n`
/// outside quotes ends a row. A row that breaks these rules, is not UTF-8 or is too long is a
/// failure of its own, and the next call goes on behind it.
package final class CSVReader {
  /// The names of the columns.
  package let columns: [String]
  private let stream: ByteStream
  private let separator: UInt8
  private let limit: Int
  private let name: String

  package struct Row {
    /// The line on which the row begins, from 1.
    package let line: Int
    /// As many as there are columns.
    package let fields: [String]
  }

  /// Reads the names of the columns.
  ///
  /// - Parameters:
  ///   - name: what errors call the file.
  ///   - limit: bytes of a row that are kept.
  /// - Throws: ``EvaluationError/malformed(file:reason:)`` when there is no first row.
  package init(
    _ stream: ByteStream, separator: UInt8 = UInt8(ascii: ","), name: String,
    limit: Int = ByteStream.longestLine
  ) throws {
    self.stream = stream
    self.separator = separator
    self.name = name
    self.limit = limit
    switch try Self.row(stream, separator, limit) {
    case nil: throw EvaluationError.malformed(file: name, reason: "there is no header line")
    case .failure(let problem)?:
      throw EvaluationError.malformed(file: name, reason: problem.description)
    case .success(let row)?: columns = row.fields
    }
  }

  /// The position of a column; nil where there is none of that name.
  ///
  /// - Throws: ``EvaluationError/malformed(file:reason:)`` when two columns have the name.
  package func optionalColumn(_ name: String) throws(EvaluationError) -> Int? {
    let found = columns.indices.filter { columns[$0] == name }
    guard found.count < 2 else {
      throw .malformed(file: self.name, reason: "\(found.count) columns are named \"\(name)\"")
    }
    return found.first
  }

  /// The position of a column.
  ///
  /// - Throws: ``EvaluationError/malformed(file:reason:)`` unless exactly one column has the name.
  package func column(_ name: String) throws(EvaluationError) -> Int {
    guard let column = try optionalColumn(name) else {
      throw .malformed(
        file: self.name,
        reason: "there is no column \"\(name)\"; the columns are "
          + columns.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    return column
  }

  /// The next row; nil at the end. Empty lines are passed over.
  package func next() throws -> Result<Row, UnreadableLine>? {
    try Self.row(stream, separator, limit)?.flatMap { row in
      guard row.fields.count == columns.count else {
        let reason = "\(row.fields.count) fields where the header has \(columns.count)"
        return .failure(UnreadableLine(line: row.line, reason: reason))
      }
      return .success(row)
    }
  }

  private static func row(_ stream: ByteStream, _ separator: UInt8, _ limit: Int) throws
    -> Result<Row, UnreadableLine>?
  {
    while try stream.peek() != nil {
      let line = stream.line
      var fields: [String] = []
      var size = 0
      var problem: String?
      var isEmpty = false
      while true {
        let field = try field(stream, separator, limit)
        problem = problem ?? field.problem
        size += field.bytes.count
        if size > limit { problem = problem ?? ByteStream.tooLong(limit: limit) }
        if problem == nil {
          if let text = String(validating: field.bytes, as: UTF8.self) {
            fields.append(text)
          } else {
            problem = "not valid UTF-8"
          }
        }
        if field.end != separator {
          isEmpty = fields == [""] && !field.isQuoted
          break
        }
      }
      if isEmpty { continue }
      if let problem { return .failure(UnreadableLine(line: line, reason: problem)) }
      return .success(Row(line: line, fields: fields))
    }
    return nil
  }

  private struct Field {
    var bytes: [UInt8] = []
    var isQuoted = false
    /// The byte behind the field; nil at the end of the file.
    var end: UInt8?
    /// Why the field cannot be used.
    var problem: String?
  }

  private static func field(_ stream: ByteStream, _ separator: UInt8, _ limit: Int) throws -> Field
  {
    var field = Field()
    func append(_ byte: UInt8) { if field.bytes.count <= limit { field.bytes.append(byte) } }
    if try stream.peek() == quote {
      field.isQuoted = true
      _ = try stream.next()
      while true {
        guard let byte = try stream.next() else {
          field.problem = "a quoted field is not closed"
          return field
        }
        if byte == quote {
          guard try stream.peek() == quote else { break }
          _ = try stream.next()
        }
        append(byte)
      }
    }
    while let byte = try stream.next() {
      if byte == separator || byte == UInt8(ascii: "\n") {
        field.end = byte
        return field
      }
      if byte == UInt8(ascii: "\r"), try stream.peek() == UInt8(ascii: "\n") { continue }
      if field.isQuoted { field.problem = "text after the closing quote of a field" }
      append(byte)
    }
    return field
  }

  private static let quote = UInt8(ascii: "\"")
}
