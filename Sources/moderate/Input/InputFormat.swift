import ArgumentParser

enum InputFormat: String, ExpressibleByArgument, CaseIterable {
  /// One text a line.
  case lines
  /// One JSON object a line.
  case jsonl
  /// A row of comma-separated fields a message; the first row names the columns.
  case csv
  /// The same with tabs.
  case tsv
  /// One comment with its replies, or an array of them.
  case json

  /// The format that the extension of a file's name tells; nil for a name that tells none.
  init?(path: String) {
    let name = path.lowercased()
    let extensions: [(String, InputFormat)] = [
      (".jsonl", .jsonl), (".ndjson", .jsonl), (".csv", .csv), (".tsv", .tsv), (".json", .json),
    ]
    guard let format = extensions.first(where: { name.hasSuffix($0.0) })?.1 else { return nil }
    self = format
  }

  /// The byte between two fields; nil where there are no fields.
  var separator: UInt8? {
    switch self {
    case .csv: UInt8(ascii: ",")
    case .tsv: UInt8(ascii: "\t")
    case .lines, .jsonl, .json: nil
    }
  }
}
