import Respelling
import Transformer

/// Another classifier that reads a text with disguised words a second time, with the words spelt out.
/// The higher score of each class counts.
struct RespellingClassifier: TextClassifier {
  private let base: any TextClassifier
  private let respeller: Respeller

  init(_ base: any TextClassifier, respeller: Respeller) {
    self.base = base
    self.respeller = respeller
  }

  var encoder: SentenceEncoder? { base.encoder }
  var modelInput: ModelTokenizer? { base.modelInput }
  var passTokens: Int? { base.passTokens }
  var heads: [HeadClasses] { base.heads }

  func classify(_ texts: [ModelText], longTexts: LongTextPolicy) throws(ModerationError)
    -> [Classification]
  {
    let respelled = try texts.map { text throws(ModerationError) in
      if Task.isCancelled { throw .cancelled }
      return respeller(text.text).map { ModelText(prefix: text.prefix, text: $0) }
    }
    let all = try base.classify(texts + respelled.compactMap(\.self), longTexts: longTexts)
    var second = all[texts.count...]
    return zip(all, respelled).map { first, respelled in
      guard respelled != nil, let other = second.popFirst() else { return first }
      var result = first
      result.scores = zip(first.scores, other.scores).map(max)
      return result
    }
  }
}
