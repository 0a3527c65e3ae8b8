/// The slices of one field side by side: of several runs for one label, or of several labels for one
/// run, whichever makes fewer tables.
public struct SliceTable: Sendable, Hashable {
  public enum Metric: String, Sendable, Hashable {
    case accuracy
    case f1 = "F1"
  }

  public struct Row: Sendable, Hashable {
    public let value: String
    public let rows: Int
    /// One a column; nil where the run or the slice lacks the label.
    public let counts: [ConfusionCounts?]
  }

  public let field: String
  /// The label of all columns; nil when the columns are labels.
  public let label: String?
  /// The run of all columns; nil when the columns are runs.
  public let run: String?
  public let columns: [String]
  public let rows: [Row]
  /// All rows of the data, sliced or not.
  public let total: Row
  /// The metric of a column. A slice of one kind only, such as a function of HateCheck, has an accuracy
  /// and no F1 worth reading.
  public let metrics: [Metric]

  /// The subject of the table besides its field: "hate", or a run's name among several.
  public var subject: String? { label ?? run }

  fileprivate init(
    field: String, label: String?, run: String?, columns: [(name: String, run: Int, label: Int?)],
    of runs: [EvaluationRun]
  ) {
    self.field = field
    self.label = label
    self.run = run
    self.columns = columns.map(\.name)
    let values = (runs.first?.slices ?? []).filter { $0.field == field }
    rows = values.map { slice in
      Row(
        value: slice.value, rows: slice.rows,
        counts: columns.map { column in
          let same = runs[column.run].slices.first { $0.field == field && $0.value == slice.value }
          return column.label.flatMap { same?.counts[$0] }.flatMap { $0.total > 0 ? $0 : nil }
        })
    }
    total = Row(
      value: "all", rows: runs.first?.rows ?? 0,
      counts: columns.map { column in column.label.map { runs[column.run].labels[$0].counts } })
    let isMixed = rows.contains { row in
      row.counts.contains { $0.map { $0.support > 0 && $0.support < $0.total } ?? false }
    }
    metrics = isMixed ? (label == nil ? [.f1] : [.accuracy, .f1]) : [.accuracy]
  }
}

extension EvaluationReport {
  /// The slices of every field, as few tables as possible.
  public var sliceTables: [SliceTable] {
    guard let first = parts.first?.run else { return [] }
    let runs = parts.map(\.run)
    let fields = first.slices.reduce(into: [String]()) { fields, slice in
      if !fields.contains(slice.field) { fields.append(slice.field) }
    }
    return fields.flatMap { field -> [SliceTable] in
      if first.labels.count <= parts.count {
        return first.labels.map { label in
          SliceTable(
            field: field, label: label.name, run: nil,
            columns: parts.indices.map { index in
              (
                parts[index].name, index, runs[index].labels.firstIndex { $0.name == label.name }
              )
            }, of: runs)
        }
      }
      return parts.map { part in
        SliceTable(
          field: field, label: nil, run: parts.count > 1 ? part.name : nil,
          columns: part.run.labels.indices.map { (part.run.labels[$0].name, 0, $0) },
          of: [part.run])
      }
    }
  }
}
