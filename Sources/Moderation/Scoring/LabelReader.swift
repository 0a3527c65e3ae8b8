import JSON

/// Turns the scores of a text into its verdict, label by label, by the rules of the bundle.
struct LabelReader: Sendable {
  /// Positions of each label's classes in a row of scores.
  private let columns: [[Int]]
  private let labels: [LabelDefinition]
  private let authorActions: [[Action]]
  private let readerActions: [[Action]]
  private let hasDirections: Bool
  private let base: String?

  /// Binds the bundle's labels to the classes that the heads have.
  init(bundle: ModerationBundle, heads: [HeadClasses]) throws(ModerationError) {
    var names: Set<String> = []
    for label in bundle.labels where !names.insert(label.name).inserted {
      throw .duplicateLabel(label.name)
    }
    labels = bundle.labels
    base = bundle.base
    hasDirections = bundle.labels.contains { $0.direction != nil }
    let places = heads.map { head in
      Dictionary(grouping: head.classes.indices) { head.classes[$0] }
    }
    var columns: [[Int]] = []
    for (index, label) in bundle.labels.enumerated() {
      if label.sources.isEmpty, Self.areUnnamed(heads, count: bundle.labels.count) {
        columns.append([index])
      } else {
        columns.append(try Self.columns(of: label, in: heads, places))
      }
    }
    self.columns = columns
    func named(_ ids: [String]) -> [Action] {
      ids.map { id in bundle.actions.first { $0.id == id } ?? Action(id: id, text: "") }
    }
    authorActions = bundle.labels.map { named($0.authorActions) }
    readerActions = bundle.labels.map { named($0.readerActions) }
  }

  /// Whether the one head has as many classes as there are labels, under the names that transformers
  /// gives classes when nobody has named them.
  private static func areUnnamed(_ heads: [HeadClasses], count: Int) -> Bool {
    guard heads.count == 1, let classes = heads.first?.classes, classes.count == count else {
      return false
    }
    return classes.enumerated().allSatisfy { $1 == "LABEL_\($0)" }
  }

  /// - Parameter places: where the classes of each head are, by their names
  private static func columns(
    of label: LabelDefinition, in heads: [HeadClasses], _ places: [[String: [Int]]]
  ) throws(ModerationError) -> [Int] {
    var sources = label.sources
    if sources.isEmpty {
      guard heads.count == 1, let head = heads.first else {
        throw .json(
          file: ModerationBundle.fileName,
          .invalid(
            path: "labels.\(label.name).scores",
            reason: "must say which of \(heads.count) heads the label reads"))
      }
      sources = [.init(head: head.name, className: label.name)]
    }
    var columns: [Int] = []
    for source in sources {
      guard let index = heads.firstIndex(where: { $0.name == source.head }) else {
        throw .unknownHead(
          label: label.name, head: source.head, available: heads.map(\.name))
      }
      let found = places[index][source.className] ?? []
      guard found.count < 2 else {
        throw .ambiguousClass(label: label.name, head: source.head, className: source.className)
      }
      guard let column = found.first else {
        throw .unknownClass(
          label: label.name, head: source.head, className: source.className,
          available: heads[index].classes)
      }
      columns.append(heads[..<index].reduce(0) { $0 + $1.classes.count } + column)
    }
    return columns
  }

  /// The verdict on `message`, given its scores.
  func verdict(on message: Message, _ found: Classification) -> Verdict {
    var verdicts: [LabelVerdict] = []
    verdicts.reserveCapacity(labels.count)
    for (index, label) in labels.enumerated() {
      let read = columns[index]
      let raw =
        read.count == 1
        ? found.scores[read[0]]
        : read.reduce(0) { $0 + found.scores[$1] } / Double(read.count)
      let score = label.calibration.map { $0(raw) } ?? raw
      verdicts.append(
        LabelVerdict(
          name: label.name, score: Float(score), rawScore: Float(raw),
          threshold: Float(label.threshold), severity: label.severity))
    }
    return verdict(on: message, verdicts, found)
  }

  /// The verdict of the same scores under other thresholds, each as float32.
  func verdict(_ verdict: Verdict, under thresholds: [String: Double]) -> Verdict {
    let verdicts = verdict.labels.map { label in
      LabelVerdict(
        name: label.name, score: label.score, rawScore: label.rawScore,
        threshold: thresholds[label.name].map { Float($0) } ?? label.threshold,
        severity: label.severity)
    }
    return self.verdict(
      on: Message(verdict.text, context: verdict.context), verdicts,
      Classification(
        scores: [], tokenCount: verdict.tokenCount, isTruncated: verdict.isTruncated,
        windowCount: verdict.windowCount))
  }

  /// The actions and edges that follow from the labels that fire.
  private func verdict(
    on message: Message, _ verdicts: [LabelVerdict], _ found: Classification
  ) -> Verdict {
    var forAuthor: [Action] = []
    var forReaders: [Action] = []
    var edges: [Verdict.Edge] = []
    for (index, (label, verdict)) in zip(labels, verdicts).enumerated() where verdict.isFlagged {
      for action in authorActions[index] where !forAuthor.contains(action) {
        forAuthor.append(action)
      }
      for action in readerActions[index] where !forReaders.contains(action) {
        forReaders.append(action)
      }
      if let direction = label.direction {
        edges.append(.init(direction: direction, label: label.name))
      }
    }
    return Verdict(
      text: message.text, context: message.context, labels: verdicts,
      actions: .init(forAuthor: forAuthor, forReaders: forReaders),
      directions: hasDirections ? edges : nil,
      base: verdicts.contains(where: \.isFlagged) ? nil : base,
      tokenCount: found.tokenCount, isTruncated: found.isTruncated,
      windowCount: found.windowCount)
  }
}
