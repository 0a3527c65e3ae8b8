public import JSON
import Moderation

extension Explanation {
  /// `{"text", "labels": [{"name", "score", "flagged", "words": [span…], "sentences": [span…]}]}`; a
  /// span is `{"text", "start", "end", "startUTF16", "endUTF16", "effect", "weight"}`, start and end
  /// in Unicode scalars.
  public var json: JSONValue {
    [
      "text": .string(text),
      "labels": .array(
        labels.map { label in
          [
            "name": .string(label.name), "score": .number(JSONNumber(Float(label.score))),
            "flagged": .bool(label.isFlagged), "words": .array(label.words.map(\.json)),
            "sentences": .array(label.sentences.map(\.json)),
          ]
        }),
    ]
  }

  /// The text for a terminal, each word coloured by how much of a label it carries: from plain over
  /// yellow to red. Control characters are shown as pictures, so that a text cannot steer the
  /// terminal.
  public func colouredLine(label: Label) -> String {
    let most = label.words.map(\.weight).max() ?? 0
    let bytes = Array(text.utf8)
    var line = ""
    var position = 0
    func plain(upTo end: Int) {
      line += visible(String(decoding: bytes[position..<end], as: UTF8.self))
      position = end
    }
    for word in label.words {
      let share = most > 0 ? word.weight / most : 0
      guard let colour = Self.colour(share) else { continue }
      plain(upTo: word.span.utf8.lowerBound)
      line += "\u{1B}[\(colour)m"
      plain(upTo: word.span.utf8.upperBound)
      line += "\u{1B}[0m"
    }
    plain(upTo: bytes.count)
    return line
  }

  /// Red on the parts that carry most, yellow on those that carry some.
  private static func colour(_ share: Double) -> String? {
    switch share {
    case 0.5...: "1;97;41"
    case 0.25..<0.5: "30;43"
    case 0.1..<0.25: "33"
    default: nil
    }
  }
}

extension Explanation.Part {
  public var json: JSONValue {
    [
      "text": .string(span.text), "start": .number(JSONNumber(span.scalars.lowerBound)),
      "end": .number(JSONNumber(span.scalars.upperBound)),
      "startUTF16": .number(JSONNumber(span.utf16.lowerBound)),
      "endUTF16": .number(JSONNumber(span.utf16.upperBound)),
      "effect": .number(JSONNumber(Float(effect))), "weight": .number(JSONNumber(Float(weight))),
    ]
  }
}
