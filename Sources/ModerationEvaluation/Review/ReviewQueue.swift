/// Picks the verdicts that a person should look at, of any number that pass by, in bounded memory.
package struct ReviewQueue: Sendable {
  /// The choice of verdicts that a person looks at.
  package enum Selection: Sendable, Hashable {
    /// Those nearest to a threshold, nearest first: where a correction teaches most.
    case borderline
    /// A uniform sample in the order of the data: for an honest estimate of quality.
    case sample
    /// Every verdict, in order, up to the limit.
    case all
  }

  private let selection: Selection
  private let limit: Int
  private var generator: SeededGenerator
  private var kept: [(distance: Double, order: Int, item: ReviewItem)] = []
  private var seen = 0

  package init(_ selection: Selection, limit: Int, seed: UInt64 = 0) {
    self.selection = selection
    self.limit = max(0, limit)
    generator = SeededGenerator(seed: seed)
  }

  /// Looks at one verdict.
  package mutating func add(_ item: ReviewItem) {
    let entry = (distance: item.distance, order: seen, item: item)
    seen += 1
    switch selection {
    case .all:
      if kept.count < limit { kept.append(entry) }
    case .sample:
      if kept.count < limit {
        kept.append(entry)
      } else {
        let place = generator.next(below: seen)
        if place < limit { kept[place] = entry }
      }
    case .borderline:
      // Kept in order of distance; rows that pass by are many, those that enter are few.
      guard kept.count < limit || entry.distance < (kept.last?.distance ?? 0) else { return }
      let place = kept.firstIndex { entry.distance < $0.distance } ?? kept.count
      kept.insert(entry, at: place)
      if kept.count > limit { kept.removeLast() }
    }
  }

  /// The items that were picked, in the order in which they are reviewed.
  package var items: [ReviewItem] {
    selection == .sample
      ? kept.sorted { $0.order < $1.order }.map(\.item) : kept.map(\.item)
  }
}

/// One verdict to be reviewed.
package struct ReviewItem: Sendable, Hashable {
  /// One label's part of it.
  package struct Label: Sendable, Hashable {
    package let name: String
    package let score: Float
    package let threshold: Float
    /// The annotation in the data; nil when there is none.
    package let truth: Bool?

    package init(name: String, score: Float, threshold: Float, truth: Bool? = nil) {
      self.name = name
      self.score = score
      self.threshold = threshold
      self.truth = truth
    }

    package var isFlagged: Bool { score >= threshold }
  }

  package let example: LabelledExample
  package let labels: [Label]

  package init(example: LabelledExample, labels: [Label]) {
    self.example = example
    self.labels = labels
  }

  /// The distance of the verdict from changing: the smallest distance of a score from its threshold, in
  /// log-odds.
  package var distance: Double {
    labels.map { abs(logOdds(Double($0.score)) - logOdds(Double($0.threshold))) }
      .filter { !$0.isNaN }.min() ?? .infinity
  }

  /// The identity of an item across sessions: its text and context.
  package var key: String { Self.key(text: example.text, context: example.context) }

  package static func key(text: String, context: [String]) -> String {
    context.joined(separator: "\u{1F}") + "\u{1E}" + text
  }
}
