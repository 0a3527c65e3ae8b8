import Moderation

@testable import ModerationEvaluation

/// A model whose score is a logistic function of known word weights: what carries its decisions is
/// known exactly.
struct WordModel: EvaluatedModel {
  var weights: [String: Double]
  var bias = -3.0
  var labels = [
    EvaluatedLabel(name: "insult", point: OperatingPoint(threshold: 0.5), severity: "high")
  ]
  /// Each label hears its own words when they are listed here, else all words.
  var vocabularies: [String: Set<String>] = [:]

  /// Messages with this word cannot be scored.
  var unreadable: String?

  struct Unreadable: Error, CustomStringConvertible {
    var description: String { "an odd word" }
  }

  var evaluatedLabels: [EvaluatedLabel] { labels }

  func rawScores(of messages: [Message]) -> [Result<LabelScores, any Error>] {
    messages.map { message in
      let words = message.text.lowercased()
        .split { !$0.isLetter && !$0.isNumber && $0 != "$" }.map(String.init)
      if let unreadable, words.contains(unreadable) { return .failure(Unreadable()) }
      return .success(
        LabelScores(
          scores: labels.map { label in
            let heard = vocabularies[label.name]
            let sum = words.reduce(bias) { sum, word in
              heard?.contains(word) == false ? sum : sum + (weights[word] ?? 0)
            }
            return Float(logisticSigmoid(sum))
          },
          isTruncated: words.count > 200))
    }
  }
}
