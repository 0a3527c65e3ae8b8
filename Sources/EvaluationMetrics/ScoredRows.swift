/// Scores and truths of many rows, kept by column: five bytes for each row and label, and no texts,
/// so that a large evaluation stays small.
public struct ScoredRows: Sendable {
  /// The truth of one label of one row.
  public enum Truth: UInt8, Sendable, Hashable {
    case negative = 0
    case positive = 1
    /// Not annotated: the row does not count for this label.
    case unknown = 2
  }

  /// The labels, in the order of the columns.
  public let labels: [String]
  /// The metadata fields that are kept for slicing.
  public let fields: [String]
  /// The number of rows.
  public internal(set) var count = 0

  /// `[label][row]`
  package var scores: [[Float]]
  /// `[label][row]`
  package var truths: [[Truth]]
  /// `[field][row]`, an index into `values[field]`, −1 where the row lacks the field.
  package var valueIndices: [[Int32]]
  /// `[field]`, the distinct values in order of appearance.
  package var values: [[String]]
  private var valueLookup: [[String: Int32]]

  public init(labels: [String], fields: [String] = []) {
    self.labels = labels
    self.fields = fields
    scores = Array(repeating: [], count: labels.count)
    truths = Array(repeating: [], count: labels.count)
    valueIndices = Array(repeating: [], count: fields.count)
    values = Array(repeating: [], count: fields.count)
    valueLookup = Array(repeating: [:], count: fields.count)
  }

  /// Appends one row.
  ///
  /// - Parameters:
  ///   - scores: one score per label, in order.
  ///   - truths: what is known, by label; a label that is not a key is unknown.
  ///   - metadata: values by field; others than `fields` are ignored.
  /// - Throws: ``EvaluationError/wrongScoreCount(expected:found:)``.
  public mutating func append(
    scores row: [Float], truths known: [String: Bool], metadata: [String: String] = [:]
  ) throws(EvaluationError) {
    guard row.count == labels.count else {
      throw .wrongScoreCount(expected: labels.count, found: row.count)
    }
    for (label, name) in labels.enumerated() {
      scores[label].append(row[label])
      truths[label].append(known[name].map { $0 ? .positive : .negative } ?? .unknown)
    }
    for (field, name) in fields.enumerated() {
      valueIndices[field].append(metadata[name].map { intern($0, field: field) } ?? -1)
    }
    count += 1
  }

  private mutating func intern(_ value: String, field: Int) -> Int32 {
    if let index = valueLookup[field][value] { return index }
    let index = Int32(values[field].count)
    values[field].append(value)
    valueLookup[field][value] = index
    return index
  }
}

extension ScoredRows {
  /// The rows of one label whose truth is known.
  public struct Column: Sendable {
    public let scores: [Double]
    public let truths: [Bool]
  }

  /// The known rows of the label at `label`, optionally of some rows only.
  public func column(_ label: Int, rows: [Int]? = nil) -> Column {
    var known: [Double] = []
    var answers: [Bool] = []
    func add(_ row: Int) {
      let truth = truths[label][row]
      guard truth != .unknown else { return }
      known.append(Double(scores[label][row]))
      answers.append(truth == .positive)
    }
    if let rows { rows.forEach(add) } else { (0..<count).forEach(add) }
    return Column(scores: known, truths: answers)
  }

  /// The confusion counts of every label.
  ///
  /// - Parameters:
  ///   - thresholds: one per label, in order; a score at or above it, both as Float, is flagged.
  ///   - rows: the rows that count; nil for all.
  public func counts(thresholds: [Double], rows: [Int]? = nil) -> [ConfusionCounts] {
    labels.indices.map { label in
      var counts = ConfusionCounts()
      func add(_ row: Int) {
        let truth = truths[label][row]
        guard truth != .unknown else { return }
        counts.count(flagged: isFlagged(row, label, thresholds), truth: truth == .positive)
      }
      if let rows { rows.forEach(add) } else { (0..<count).forEach(add) }
      return counts
    }
  }

  /// Whether every decision of a row is right; nil when a label of it is unknown.
  public func isExact(_ row: Int, thresholds: [Double]) -> Bool? {
    var isExact = true
    for label in labels.indices {
      let truth = truths[label][row]
      if truth == .unknown { return nil }
      if isFlagged(row, label, thresholds) != (truth == .positive) { isExact = false }
    }
    return isExact
  }

  /// The rows whose every label is known, and how many of them are decided wholly right
  /// (`sklearn.metrics.accuracy_score` of a multi-label matrix).
  public func exactMatch(thresholds: [Double], rows: [Int]? = nil) -> ExactMatch {
    var match = ExactMatch(matches: 0, rows: 0)
    for row in rows ?? Array(0..<count) {
      guard let isExact = isExact(row, thresholds: thresholds) else { continue }
      match.rows += 1
      match.matches += isExact ? 1 : 0
    }
    return match
  }

  /// The row numbers for each value of a metadata field, in order of the values' appearance.
  /// Rows without the field are in none.
  public func slices(by field: String) -> [(value: String, rows: [Int])] {
    guard let field = fields.firstIndex(of: field) else { return [] }
    var rows = [[Int]](repeating: [], count: values[field].count)
    for (row, value) in valueIndices[field].enumerated() where value >= 0 {
      rows[Int(value)].append(row)
    }
    return zip(values[field], rows).map { (value: $0, rows: $1) }
  }

  package func isFlagged(_ row: Int, _ label: Int, _ thresholds: [Double]) -> Bool {
    scores[label][row] >= Float(thresholds[label])
  }
}

/// Over rows whose every label is known: how many have every decision right.
public struct ExactMatch: Sendable, Hashable, Codable {
  public var matches: Int
  public var rows: Int

  /// matches / rows, 0 without rows.
  public var share: Double { ratio(matches, rows) }
}
