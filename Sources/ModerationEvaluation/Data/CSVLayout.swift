import Moderation

/// The positions of text, context, labels and metadata in the rows of a CSV file.
struct CSVLayout {
  private let text: Int
  private let context: Int?
  private let labels: [Int]
  private let metadata: [(name: String, field: Int)]

  init(_ reader: CSVReader, columns: DatasetColumns) throws(EvaluationError) {
    text = try reader.column(columns.text)
    context = try reader.optionalColumn(columns.context)
    var labels: [Int] = []
    for label in columns.labels { labels.append(try reader.column(label.column)) }
    self.labels = labels
    // The column of a label that is 0 or 1 is not metadata; a column of classes may well be.
    let plain = Set(zip(columns.labels, labels).filter { $0.0.positives.isEmpty }.map(\.1))
    var metadata: [(name: String, field: Int)] = []
    for (field, name) in reader.columns.enumerated()
    where field != text && !plain.contains(field) && !name.isEmpty {
      metadata.append((name, try reader.column(name)))
    }
    self.metadata = metadata
  }

  func example(
    _ row: CSVReader.Row, columns: DatasetColumns
  ) throws(LineFailure) -> LabelledExample {
    var truths: [String: Bool] = [:]
    for (label, field) in zip(columns.labels, labels) {
      truths[label.name] = try label.truth(of: row.fields[field])
    }
    var values: [String: String] = [:]
    for (name, field) in metadata where !row.fields[field].isEmpty {
      values[name] = row.fields[field]
    }
    return LabelledExample(
      line: row.line, text: row.fields[text], labels: truths, metadata: values,
      context: context.map { MessageTree.contextValues(row.fields[$0]) } ?? [])
  }
}
