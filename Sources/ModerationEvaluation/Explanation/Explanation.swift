public import Moderation

/// The effects of a text's words and sentences on the scores of labels.
public struct Explanation: Sendable, Hashable {
  /// One part and what the score loses without it.
  public struct Part: Sendable, Hashable {
    public let span: TextSpan
    /// Score with the part minus score without it. Negative parts speak against the label.
    public let effect: Double
    /// The same difference in log-odds: it still tells parts apart when the score is close to 1.
    public let weight: Double
  }

  /// One label's parts.
  public struct Label: Sendable, Hashable {
    public let name: String
    public let score: Double
    public let isFlagged: Bool
    /// In the order of the text.
    public let words: [Part]
    /// In the order of the text.
    public let sentences: [Part]

    /// The words that carry the score, weightiest first: those of at least half the weight of the
    /// weightiest.
    public var carriers: [Part] {
      let positive = words.filter { $0.weight > 0 }.sorted { $0.weight > $1.weight }
      guard let most = positive.first else { return [] }
      return positive.filter { $0.weight >= most.weight / 2 }
    }
  }

  public let text: String
  /// The labels that were asked for or fired; the highest-scoring one when none did.
  public let labels: [Label]
}
