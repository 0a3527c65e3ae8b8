public import Moderation

/// Finds what carries a decision by leaving out words and sentences, one at a time, and scoring the
/// rest in one batch (Li, Monroe, Jurafsky, 2016).
public struct Explainer<Model: EvaluatedModel>: Sendable {
  public let model: Model
  /// Texts of more words have neighbouring words left out together, so that the cost stays bounded.
  public let mostWords: Int
  /// Bytes of the variants of a text that are scored together.
  private static var variantBytes: Int { 16 << 20 }

  public init(_ model: Model, mostWords: Int = 256) {
    self.model = model
    self.mostWords = max(1, mostWords)
  }

  /// Explains one message.
  ///
  /// - Parameter names: the labels to explain; nil for those that fired, or else the
  ///   highest-scoring one.
  /// - Throws: ``EvaluationError/unknownLabel(_:known:)`` and what the model throws.
  public func explain(_ message: Message, labels names: [String]? = nil) throws -> Explanation {
    let labels = model.evaluatedLabels
    for name in names ?? [] where !labels.contains(where: { $0.name == name }) {
      throw EvaluationError.unknownLabel(name, known: labels.map(\.name))
    }
    let text = message.text
    let segments = TextSegments(text)
    let words = Self.grouped(segments.words, atMost: mostWords, in: text)
    // A lone sentence is the whole text.
    let sentences =
      segments.sentences.count > 1
      ? Self.grouped(segments.sentences, atMost: mostWords, in: text) : []
    let left = words + sentences
    var rows = try model.rawScores(of: [message]).map { try $0.get() }
    // Each variant is the text once more: a long one has few of them in memory at a time.
    let size = max(1, min(left.count, Self.variantBytes / max(1, text.utf8.count)))
    for start in stride(from: 0, to: left.count, by: size) {
      let variants = left[start..<min(start + size, left.count)].map {
        Message(Self.leavingOut($0, of: text), context: message.context)
      }
      rows += try model.rawScores(of: variants).map { try $0.get() }
    }
    guard let whole = rows.first, rows.count == left.count + 1 else {
      throw EvaluationError.wrongScoreCount(expected: left.count + 1, found: rows.count)
    }
    func score(_ row: LabelScores, _ label: Int) -> Double {
      Double(labels[label].point.score(row.scores[label]))
    }
    let chosen = labels.indices.filter { label in
      names?.contains(labels[label].name)
        ?? labels[label].point.isFlagged(whole.scores[label])
    }
    let highest = labels.indices.max { score(whole, $0) < score(whole, $1) }
    let explained = chosen.isEmpty ? highest.map { [$0] } ?? [] : chosen
    return Explanation(
      text: text,
      labels: explained.map { label in
        let full = score(whole, label)
        let parts = zip(words + sentences, rows.dropFirst()).map { span, row in
          let without = score(row, label)
          return Explanation.Part(
            span: span, effect: full - without, weight: logOdds(full) - logOdds(without))
        }
        return Explanation.Label(
          name: labels[label].name, score: full,
          isFlagged: labels[label].point.isFlagged(whole.scores[label]),
          words: Array(parts.prefix(words.count)),
          sentences: Array(parts.dropFirst(words.count)))
      })
  }

  /// The text without a span, and without the space that would be left double.
  static func leavingOut(_ span: TextSpan, of text: String) -> String {
    let bytes = Array(text.utf8)
    var before = bytes[..<span.utf8.lowerBound]
    var after = bytes[span.utf8.upperBound...]
    let space = UInt8(ascii: " ")
    if after.first == space, before.isEmpty || before.last == space {
      after.removeFirst()
    } else if after.isEmpty, before.last == space {
      before.removeLast()
    }
    return String(decoding: before + after, as: UTF8.self)
  }

  /// Neighbouring spans joined so that there are at most `limit`.
  static func grouped(_ spans: [TextSpan], atMost limit: Int, in text: String) -> [TextSpan] {
    guard spans.count > limit else { return spans }
    let size = (spans.count + limit - 1) / limit
    let bytes = Array(text.utf8)
    return stride(from: 0, to: spans.count, by: size).map { start in
      let first = spans[start]
      let last = spans[min(start + size, spans.count) - 1]
      let range = first.utf8.lowerBound..<last.utf8.upperBound
      return TextSpan(
        text: String(decoding: bytes[range], as: UTF8.self),
        scalars: first.scalars.lowerBound..<last.scalars.upperBound,
        utf16: first.utf16.lowerBound..<last.utf16.upperBound, utf8: range)
    }
  }
}

extension Moderator {
  /// Finds the words and sentences that a verdict rests on; see ``Explainer``.
  public func explain(_ message: Message, labels: [String]? = nil) throws -> Explanation {
    try Explainer(self).explain(message, labels: labels)
  }
}
