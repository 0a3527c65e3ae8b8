import Transformer

/// A model that scores texts: it has named classes, and gives a score of each for every text.
///
/// The moderator above it knows labels, thresholds and policy; a classifier knows tokens, the model
/// and its heads. Calls may come from several tasks at once.
protocol TextClassifier: Sendable {
  /// The encoder under the heads; nil where the model has no embedding of its own.
  var encoder: SentenceEncoder? { get }
  /// How a text becomes tokens; nil where the model's tokens are words.
  var modelInput: ModelTokenizer? { get }
  /// Tokens of one pass; nil where they are words.
  var passTokens: Int? { get }

  /// The heads in the order in which ``Classification/scores`` has their classes.
  var heads: [HeadClasses] { get }

  /// One result per text, in order; a text's result does not depend on its neighbours.
  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
}

extension TextClassifier {
  var encoder: SentenceEncoder? { nil }
  var modelInput: ModelTokenizer? { nil }
  var passTokens: Int? { nil }
}

/// A head's name and its classes.
struct HeadClasses: Sendable, Hashable {
  var name: String
  var classes: [String]
}

/// The scores of one text.
struct Classification: Sendable, Hashable {
  /// The score of every class of every head, heads in order.
  var scores: [Double]
  /// Tokens of the whole text, before truncation.
  var tokenCount: Int
  var isTruncated: Bool
  var windowCount = 1
}
