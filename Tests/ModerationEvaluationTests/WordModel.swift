import Moderation

@testable import ModerationEvaluation

/// A model whose score is a logistic function of known word weights: what carries its decisions is
/// known exactly.
struct WordModel: ScoringModel {
  var weights: [String: Double]
  var bias = -3.0
  var labels = [
    EvaluatedLabel(name: "insult", point: OperatingPoint(threshold: 0.5), severity: "high")
  ]
  /// Each label hears its own words when they are listed here, else all words.
  var vocabularies: [String: Set<String>] = [:]

  var evaluatedLabels: [EvaluatedLabel] { labels }

  func rawScores(of messages: [Message]) -> [ScoredMessage] {
    messages.map { message in
      let words = message.text.lowercased()
        .split { !$0.isLetter && !$0.isNumber && $0 != "$" }.map(String.init)
      return ScoredMessage(
        scores: labels.map { label in
          let heard = vocabularies[label.name]
          let sum = words.reduce(bias) { sum, word in
            heard?.contains(word) == false ? sum : sum + (weights[word] ?? 0)
          }
          return Float(logisticSigmoid(sum))
        },
        isTruncated: words.count > 200)
    }
  }
}
