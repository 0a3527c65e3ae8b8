import JSON
import Moderation

/// One entry of an input, as it was read.
enum Record: Sendable {
  /// A plain line, or an argument.
  case text(String)
  /// A line of JSON, as its bytes: each command reads from it what it needs.
  case json([UInt8])
  /// A row of CSV, or a comment with its replies from a JSON file.
  case tree(MessageTree)

  /// Bytes of its texts, or of its JSON.
  var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .json(let bytes): bytes.count
    case .tree(let tree): tree.nodes.reduce(0) { $0 + $1.message.text.utf8.count }
    }
  }
}

struct NumberedRecord: Sendable {
  /// The line on which it begins, or the number of the argument or tree, from 1.
  let number: Int
  let record: Result<Record, RecordProblem>
}

/// Why one record of many cannot be used.
struct RecordProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension RecordProblem {
  /// The line of the output that takes the place of the record's result.
  func json(line: Int) -> [UInt8] {
    var object = JSONObject()
    object["error"] = .string(description)
    object["line"] = .number(JSONNumber(line))
    return JSONValue.object(object).encoded()
  }
}
