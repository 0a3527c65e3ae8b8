/// Texts worth a look for each label: the worst mistakes, and a fair sample of each kind of
/// decision. It keeps a bounded number of texts however many pass by.
public struct Showcase: Sendable {
  /// The four kinds of decision.
  public enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
    case truePositive
    case falsePositive
    case falseNegative
    case trueNegative
  }

  /// One decision with its text.
  public struct Item: Sendable, Hashable, Codable {
    /// At most ``longestText`` characters.
    public let text: String
    public let score: Double
    /// The line of the file that the text stands on.
    public let line: Int
    /// The file, where it is known.
    public let file: String?
    public let outcome: Outcome
  }

  /// Longer texts are cut, with an ellipsis.
  public static let longestText = 600

  /// One label's texts.
  public struct Label: Sendable {
    public let name: String
    /// The negatives with the highest scores among those flagged, highest first.
    public fileprivate(set) var worstFalsePositives: [Item] = []
    /// The positives with the lowest scores among those missed, lowest first.
    public fileprivate(set) var worstFalseNegatives: [Item] = []
    fileprivate var samples: [Outcome: [Item]] = [:]
    fileprivate var seen: [Outcome: Int] = [:]

    /// A sample of one kind of decision, drawn uniformly from all rows.
    public func sample(_ outcome: Outcome) -> [Item] {
      (samples[outcome] ?? []).sorted { ($0.line, $0.text) < ($1.line, $1.text) }
    }
  }

  public private(set) var labels: [Label]
  private let mistakeCount: Int
  private let sampleCount: Int
  private var generator: SeededGenerator

  /// - Parameters:
  ///   - mistakes: how many of the worst mistakes of each kind are kept for each label.
  ///   - samples: how many decisions of each kind are sampled for each label.
  public init(labels: [String], mistakes: Int = 10, samples: Int = 3, seed: UInt64 = 0) {
    self.labels = labels.map { Label(name: $0) }
    mistakeCount = max(0, mistakes)
    sampleCount = max(0, samples)
    generator = SeededGenerator(seed: seed)
  }

  /// Looks at one decision of the label at position `label`.
  public mutating func add(
    _ text: String, line: Int, file: String? = nil, label: Int, score: Float, isFlagged: Bool,
    truth: Bool
  ) {
    let outcome: Outcome =
      switch (isFlagged, truth) {
      case (true, true): .truePositive
      case (true, false): .falsePositive
      case (false, true): .falseNegative
      case (false, false): .trueNegative
      }
    func item() -> Item {
      let isLong = text.count > Self.longestText
      return Item(
        text: isLong ? text.prefix(Self.longestText) + "…" : text, score: Double(score),
        line: line, file: file, outcome: outcome)
    }
    switch outcome {
    case .falsePositive:
      insert(item, score: Double(score), into: \.worstFalsePositives, label) { $0 > $1 }
    case .falseNegative:
      insert(item, score: Double(score), into: \.worstFalseNegatives, label) { $0 < $1 }
    default: break
    }
    // Reservoir sampling (Vitter, 1985): every row has the same chance to stay.
    let seen = labels[label].seen[outcome, default: 0]
    labels[label].seen[outcome] = seen + 1
    if seen < sampleCount {
      labels[label].samples[outcome, default: []].append(item())
    } else {
      let place = generator.next(below: seen + 1)
      if place < sampleCount { labels[label].samples[outcome]?[place] = item() }
    }
  }

  private mutating func insert(
    _ item: () -> Item, score: Double, into list: WritableKeyPath<Label, [Item]>, _ label: Int,
    isWorse: (Double, Double) -> Bool
  ) {
    let items = labels[label][keyPath: list]
    let place = items.firstIndex { isWorse(score, $0.score) } ?? items.count
    guard place < mistakeCount else { return }
    labels[label][keyPath: list].insert(item(), at: place)
    if items.count == mistakeCount { labels[label][keyPath: list].removeLast() }
  }

  /// The labels with these names, in that order.
  func selecting(_ names: [String]) -> [Label] {
    names.compactMap { name in labels.first { $0.name == name } }
  }
}
