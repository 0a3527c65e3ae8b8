/// What a moderator needs of a model: named classes, and their scores for texts.
///
/// The moderator above it knows labels, thresholds and policy; a scorer knows tokens, the model and
/// its heads. Calls may come from several tasks at once.
protocol TextScorer: Sendable {
  /// The heads in the order in which ``TextScores/classes`` lists their classes.
  var heads: [ScoredHead] { get }

  /// One result per text, in order; a text's result does not depend on its neighbours.
  ///
  func scores(for texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [TextScores]
}

/// A text as a model is given it.
public struct ModelText: Sendable, Hashable {
  /// Prompt and context prefixes, which every window of a long text begins with.
  public var prefix: String
  public var text: String

  public init(prefix: String = "", text: String) {
    self.prefix = prefix
    self.text = text
  }

  public var joined: String { prefix + text }
}

/// A head's name and its classes.
struct ScoredHead: Sendable, Hashable {
  var name: String
  var classes: [String]
}

/// What a scorer found in one text.
struct TextScores: Sendable, Hashable {
  /// Scores of every class of every head, heads in order.
  var classes: [Double]
  /// Tokens of the whole text, before truncation.
  var tokenCount: Int
  var isTruncated: Bool
  var windowCount = 1
}
