package import JSON

/// A person's way through a list of verdicts, one key at a time; knows nothing of terminals and
/// files.
///
/// Labels start as the model, or the annotators where they spoke, have them. Toggling corrects them;
/// accepting writes the item down. Nothing is ever held back: each answer is handed out at once, to
/// be saved before the next item is shown.
package struct ReviewSession: Sendable {
  /// The meaning of a key.
  package enum Command: Sendable, Hashable {
    /// Turns the label at this position over.
    case toggle(Int)
    /// Turns every label off.
    case clear
    /// Takes the labels as they stand and goes on.
    case accept
    /// Goes on without an answer.
    case skip
    /// Goes back to the item before.
    case back
    case quit
  }

  /// A person's answer to one item.
  package struct Answer: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
      /// The labels differ from the model's decisions.
      case corrected
      /// The labels are the model's decisions.
      case confirmed
      /// The person could not or would not say.
      case skipped
    }

    package let item: ReviewItem
    package let kind: Kind
    /// One per label of the item; nil where nothing was said.
    package let labels: [Bool]?
  }

  /// The effect of a command.
  package enum Outcome: Sendable, Hashable {
    /// The same item is shown again.
    case stay
    /// The answer is to be saved; then the next item is shown.
    case answered(Answer)
    /// There is nothing more to do.
    case finished
  }

  package let items: [ReviewItem]
  package private(set) var position: Int
  /// The labels of the current item as they stand.
  package private(set) var labels: [Bool]
  package private(set) var corrected = 0
  package private(set) var confirmed = 0
  package private(set) var skipped = 0

  /// - Parameter answered: keys of items that were answered before; they are left out.
  package init(_ items: [ReviewItem], answered: Set<String> = []) {
    var seen = answered
    self.items = items.filter { seen.insert($0.key).inserted }
    position = 0
    labels = []
    start()
  }

  /// The item to be shown; nil when all have been.
  package var current: ReviewItem? { items.indices.contains(position) ? items[position] : nil }

  package mutating func apply(_ command: Command) -> Outcome {
    guard let item = current else { return .finished }
    switch command {
    case .quit: return .finished
    case .toggle(let label):
      if labels.indices.contains(label) { labels[label].toggle() }
      return .stay
    case .clear:
      labels = labels.map { _ in false }
      return .stay
    case .back:
      position = max(0, position - 1)
      start()
      return .stay
    case .skip:
      skipped += 1
      return advance(Answer(item: item, kind: .skipped, labels: nil))
    case .accept:
      let isConfirmed = zip(labels, item.labels).allSatisfy { $0 == $1.isFlagged }
      if isConfirmed { confirmed += 1 } else { corrected += 1 }
      return advance(
        Answer(item: item, kind: isConfirmed ? .confirmed : .corrected, labels: labels))
    }
  }

  private mutating func advance(_ answer: Answer) -> Outcome {
    position += 1
    start()
    return .answered(answer)
  }

  private mutating func start() {
    labels = current?.labels.map { $0.truth ?? $0.isFlagged } ?? []
  }
}

extension ReviewSession {
  /// The keys that toggle labels, in order; commands have the others.
  package static let labelKeys = Array("123456789abcdefghijklmoprtvwxyz")

  /// The command of a key: 1–9 and letters for labels, Return to accept, n for none, s or Space to
  /// skip, u for back, q, Escape, control-C and control-D to quit.
  package static func command(for key: Character) -> Command? {
    switch key {
    case "\r", "\n", "\r\n": .accept
    case "n": .clear
    case "s", " ": .skip
    case "u": .back
    case "q", "\u{1B}", "\u{03}", "\u{04}": .quit
    default: labelKeys.firstIndex(of: key).map(Command.toggle)
    }
  }
}

extension ReviewSession.Answer {
  /// The answer as an annotated example, ready for training and for `moderate evaluate`. A skipped
  /// item has no labels, which means unknown. `metadata.review` says how the answer came about.
  package var json: JSONValue {
    var example = item.example
    example.labels = [:]
    if let labels {
      for (label, truth) in zip(item.labels, labels) { example.labels[label.name] = truth }
    }
    example.metadata["review"] = kind.rawValue
    return example.json
  }
}
