/// Where a file keeps what an evaluation needs: the columns of a CSV file or the fields of JSON
/// lines.
public struct DatasetColumns: Sendable, Hashable {
  /// One label and where its truth stands.
  public struct Label: Sendable, Hashable {
    /// The model's label.
    public var name: String
    /// The column, or the key in `labels` or at the top of a JSON line.
    public var column: String
    /// The values that mean positive; any other that is not empty is negative. Without any, 1, true
    /// and yes are positive, 0, false and no negative, and everything else cannot be read.
    public var positives: [String]

    public init(name: String, column: String? = nil, positives: [String] = []) {
      self.name = name
      self.column = column ?? name
      self.positives = positives
    }

    /// Reads `label`, `label=column` or `label=column:value|value`.
    public init?(argument: String) {
      let halves = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = halves.first, !name.isEmpty else { return nil }
      guard halves.count == 2 else {
        self.init(name: String(name))
        return
      }
      let parts = halves[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let column = parts.first, !column.isEmpty else { return nil }
      let values = parts.count == 2 ? parts[1].split(separator: "|").map(String.init) : []
      guard parts.count == 1 || !values.isEmpty else { return nil }
      self.init(name: String(name), column: String(column), positives: values)
    }
  }

  /// The column of the text.
  public var text: String
  /// The labels; none means all that a JSON line has under `labels`. A CSV file needs them.
  public var labels: [Label]
  /// The column of a comma-separated context.
  public var context: String

  public init(text: String = "text", labels: [Label] = [], context: String = "context") {
    self.text = text
    self.labels = labels
    self.context = context
  }
}

extension DatasetColumns.Label {
  /// The truth that a written value stands for; nil when it is empty.
  func truth(of value: String) throws(LineFailure) -> Bool? {
    guard !value.isEmpty else { return nil }
    if !positives.isEmpty { return positives.contains(value) }
    switch value.lowercased() {
    case "1", "1.0", "true", "yes": return true
    case "0", "0.0", "false", "no": return false
    default: throw LineFailure(reason: "\(column) is \"\(value)\", neither 0 nor 1")
    }
  }
}

/// Why a line cannot be read; the reader adds its number.
struct LineFailure: Error {
  let reason: String
}
