public import JSON

extension Verdict {
  /// The verdict as the command line prints it:
  /// `{"text", "flagged", "labels": {name: {"score", "flagged", "severity"}}, "actions": {"author":
  /// [ids], "readers": [ids]}, "tokens", "truncated"}`, with `"context"`, `"base"`, `"directions"`
  /// and `"windows"` where they say something. A score that is no number is null.
  public var json: JSONValue { .object(members) }

  /// The names that members of ``json`` may have, in order.
  public static let memberNames = [
    "text", "context", "flagged", "labels", "base", "actions", "directions", "tokens", "truncated",
    "windows",
  ]

  /// The members of ``json``, in order.
  var members: JSONObject {
    var object = JSONObject()
    object["text"] = .string(text)
    if !context.isEmpty { object["context"] = .array(context.map(JSONValue.string)) }
    object["flagged"] = .bool(isFlagged)
    var scores = JSONObject()
    for label in labels {
      scores[label.name] = [
        "score": .number(JSONNumber(label.score)), "flagged": .bool(label.isFlagged),
        "severity": .string(label.severity.rawValue),
      ]
    }
    object["labels"] = .object(scores)
    if let base { object["base"] = .string(base) }
    object["actions"] = [
      "author": .array(actions.forAuthor.map { .string($0.id) }),
      "readers": .array(actions.forReaders.map { .string($0.id) }),
    ]
    if let directions {
      object["directions"] = .array(
        directions.map { edge in
          [
            "from": .string(edge.direction.from.rawValue),
            "to": .string(edge.direction.to.rawValue), "label": .string(edge.label),
          ]
        })
    }
    object["tokens"] = .number(JSONNumber(tokenCount))
    object["truncated"] = .bool(isTruncated)
    if windowCount > 1 { object["windows"] = .number(JSONNumber(windowCount)) }
    return object
  }
}

/// The shape of ``Verdict/json``, for encoders of any format.
extension Verdict: Encodable {
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
