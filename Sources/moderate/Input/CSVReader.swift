/// Rows of a CSV file as RFC 4180 has them, read as they are needed.
///
/// Quoted fields may hold commas, doubled quotes and line breaks. A row that breaks the rules is an
/// error of its own; reading goes on with the next line.
final class CSVReader {
  private let lines: LineReader
  /// Names of the columns, from the first row.
  private(set) var header: [String] = []
  /// Line on which the last row began.
  private(set) var lineNumber = 0

  init(_ lines: LineReader) throws {
    self.lines = lines
    switch try nextFields() {
    case .success(let names)?: header = names
    case .failure(let problem)?: throw CommandError.input("line 1: \(problem.description)")
    case nil: throw CommandError.input("the CSV file is empty")
    }
  }

  var bytesRead: Int { lines.bytesRead }
  var byteCount: Int? { lines.byteCount }
  var wouldWait: Bool { lines.wouldWait }

  /// The next row, as many fields as the header; nil at the end. Empty lines are passed over.
  func next() throws -> Result<[String], RecordProblem>? {
    guard let row = try nextFields() else { return nil }
    guard case .success(let fields) = row else { return row }
    guard fields.count == header.count else {
      return .failure(
        RecordProblem("\(fields.count) fields where the header has \(header.count)"))
    }
    return row
  }

  private func nextFields() throws -> Result<[String], RecordProblem>? {
    var line: [UInt8]
    repeat {
      guard let next = try lines.next() else { return nil }
      line = next
      lineNumber = lines.lineNumber
    } while line.isEmpty
    var fields: [String] = []
    var field: [UInt8] = []
    var index = 0
    while true {
      field.removeAll(keepingCapacity: true)
      if index < line.count, line[index] == Self.quote {
        index += 1
        while true {
          guard index < line.count else {
            // The field goes on in the next line.
            guard let next = try lines.next() else {
              return .failure(RecordProblem("a quoted field is not closed"))
            }
            field.append(UInt8(ascii: "\n"))
            line = next
            index = 0
            continue
          }
          let byte = line[index]
          index += 1
          if byte != Self.quote {
            field.append(byte)
          } else if index < line.count, line[index] == Self.quote {
            field.append(byte)
            index += 1
          } else {
            break
          }
        }
        guard index == line.count || line[index] == Self.comma else {
          return .failure(RecordProblem("text after the closing quote of a field"))
        }
      } else {
        let end = line[index...].firstIndex(of: Self.comma) ?? line.count
        field.append(contentsOf: line[index..<end])
        index = end
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard index < line.count else { return .success(fields) }
      index += 1
    }
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
}
