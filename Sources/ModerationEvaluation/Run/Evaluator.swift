/// Runs a model over annotated messages as they are read, batch by batch. It keeps the scores, the
/// truths and a handful of texts, from which the numbers of a run are computed.
///
/// ```swift
/// var evaluator = Evaluator(moderator, fields: ["language"])
/// try evaluator.read(&reader)
/// let run = evaluator.run(.init(model: "mine", dataset: "test.jsonl"))
/// ```
public struct Evaluator<Model: EvaluatedModel> {
  /// A truth of this name, in data for a model that has no such label, is about the whole verdict:
  /// whether any label fires.
  public static var anyLabel: String { "flagged" }

  public let model: Model
  public let labels: [EvaluatedLabel]
  /// Raw scores and truths of the rows so far; the last column is ``anyLabel`` unless the model has
  /// such a label.
  public private(set) var rows: ScoredRows
  public private(set) var showcase: Showcase
  public private(set) var unreadable: [UnreadableLine] = []
  public private(set) var unreadableCount = 0
  public private(set) var truncatedCount = 0
  /// Labels of the data that the model does not have, in order of appearance.
  public private(set) var unknownLabels: [String] = []
  /// Messages that wait for a full batch, and the lines between them that hold none.
  private var pending: [Result<LabelledExample, UnreadableLine>] = []
  private let batch: Int
  private let points: [OperatingPoint]
  private let derivesAny: Bool

  /// The number of unreadable lines that are kept; all are counted.
  static var mostUnreadable: Int { 20 }

  /// - Parameters:
  ///   - points: operating points to judge by; nil for the model's own.
  ///   - fields: metadata fields to slice by; `a+b` slices by both together.
  ///   - batch: how many messages are scored at a time.
  public init(
    _ model: Model, points: [OperatingPoint]? = nil, fields: [String] = [],
    batch: Int = 64, mistakes: Int = 10, samples: Int = 3,
    seed: UInt64 = 0
  ) {
    self.model = model
    labels = model.evaluatedLabels
    self.points = points ?? labels.map(\.point)
    self.batch = max(1, batch)
    derivesAny = !labels.contains { $0.name == Self.anyLabel }
    let names = labels.map(\.name) + (derivesAny ? [Self.anyLabel] : [])
    rows = ScoredRows(labels: names, fields: fields)
    showcase = Showcase(labels: names, mistakes: mistakes, samples: samples, seed: seed)
  }

  /// The operating point of every column of ``rows``.
  public var columnPoints: [OperatingPoint] {
    points + (derivesAny ? [OperatingPoint(threshold: 0.5)] : [])
  }

  /// Reads a dataset to its end.
  ///
  /// - Parameters:
  ///   - file: becomes the metadata field `file` of rows that have none, to slice by.
  ///   - progress: is told the number of rows after every batch.
  public mutating func read(
    _ reader: inout DatasetReader, file: String? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    while let entry = try reader.next() {
      switch entry {
      case .example(var example):
        if example.metadata["file"] == nil { example.metadata["file"] = file }
        try add(example)
      case .unreadable(let line): try add(.failure(line))
      }
      if pending.isEmpty { progress(rows.count) }
    }
    try finish()
    progress(rows.count)
  }

  /// Takes one message; it is scored when a batch is full.
  public mutating func add(_ example: LabelledExample) throws {
    try add(.success(example))
  }

  private mutating func add(_ entry: Result<LabelledExample, UnreadableLine>) throws {
    pending.append(entry)
    if pending.count == batch { try finish() }
  }

  /// Scores the messages that wait for a full batch. A message that the model cannot score counts as
  /// an unreadable line.
  public mutating func finish() throws {
    let entries = pending
    pending.removeAll(keepingCapacity: true)
    let messages = entries.compactMap { try? $0.get().message }
    guard !entries.isEmpty else { return }
    var scored = (messages.isEmpty ? [] : model.rawScores(of: messages))[...]
    guard scored.count == messages.count else {
      throw EvaluationError.wrongScoreCount(expected: messages.count, found: scored.count)
    }
    for entry in entries {
      switch entry {
      case .failure(let line): reject(line)
      case .success(let example):
        switch scored.removeFirst() {
        case .success(let scores): try record(example, scores)
        case .failure(let error):
          reject(UnreadableLine(line: example.line, reason: String(describing: error)))
        }
      }
    }
  }

  private mutating func reject(_ line: UnreadableLine) {
    unreadableCount += 1
    if unreadable.count < Self.mostUnreadable { unreadable.append(line) }
  }

  private mutating func record(_ example: LabelledExample, _ result: LabelScores) throws {
    var scores = result.scores
    if derivesAny { scores.append(Self.anyScore(scores, points: points)) }
    try rows.append(
      scores: scores, truths: example.labels, metadata: Self.values(of: example, for: rows.fields))
    truncatedCount += result.isTruncated ? 1 : 0
    let columns = columnPoints
    for (label, name) in rows.labels.enumerated() {
      guard let truth = example.labels[name] else { continue }
      showcase.add(
        example.text, line: example.line, file: example.metadata["file"], label: label,
        score: columns[label].score(scores[label]),
        isFlagged: columns[label].isFlagged(scores[label]), truth: truth)
    }
    for name in example.labels.keys.sorted()
    where !rows.labels.contains(name) && !unknownLabels.contains(name) {
      unknownLabels.append(name)
    }
  }

  /// The values of fields; `a+b` is both together, where a row has both.
  private static func values(
    of example: LabelledExample, for fields: [String]
  ) -> [String: String] {
    var values = example.metadata
    for field in fields where values[field] == nil && field.contains("+") {
      let names = field.split(separator: "+").map(String.init)
      let parts = names.compactMap { example.metadata[$0] }
      if parts.count == names.count { values[field] = parts.joined(separator: " · ") }
    }
    return values
  }

  /// One score for the whole verdict: the highest of the labels' scores, each bent so that its
  /// threshold lies at ½. It is at or above ½ exactly when a label fires.
  static func anyScore(_ raw: [Float], points: [OperatingPoint]) -> Float {
    var highest: Float = 0
    for (raw, point) in zip(raw, points) {
      let score = point.score(raw)
      let threshold = Float(point.threshold)
      guard !score.isNaN else { continue }
      let bent =
        if score >= threshold {
          threshold < 1 ? 0.5 + 0.5 * (score - threshold) / (1 - threshold) : 1
        } else {
          min(0.5 * score / threshold, Float(0.5).nextDown)
        }
      highest = max(highest, bent)
    }
    return min(highest, 1)
  }

  /// The numbers of what was read.
  ///
  /// - Parameter points: other operating points, one per label; nil for the evaluator's own.
  public func run(
    _ description: EvaluationRun.Description, points other: [OperatingPoint]? = nil,
    bootstrap: Bootstrap? = Bootstrap()
  ) -> EvaluationRun {
    var description = description
    description.truncated = truncatedCount
    for label in labels { description.severities[label.name] = label.severity }
    return EvaluationRun(
      description, rows: other.map(rows(at:)) ?? rows,
      points: other.map { $0 + columnPoints.dropFirst(labels.count) } ?? columnPoints,
      bootstrap: bootstrap, anyLabel: derivesAny ? Self.anyLabel : nil)
  }

  /// The rows with the derived column as other points have it.
  private func rows(at points: [OperatingPoint]) -> ScoredRows {
    guard derivesAny else { return rows }
    var rows = rows
    for row in 0..<rows.count {
      let scores = labels.indices.map { rows.scores[$0][row] }
      rows.scores[labels.count][row] = Self.anyScore(scores, points: points)
    }
    return rows
  }
}
