public import JSON

extension Verdict {
  /// The verdict as the command line prints it:
  /// `{"text", "flagged", "labels": {name: {"score", "flagged", "severity"}}, "actions": {"author":
  /// [ids], "readers": [ids]}, "tokens", "truncated"}`, with `"context"`, `"base"`, `"directions"`
  /// and `"windows"` where they say something. A score that is no number is null.
  public var json: JSONValue { .object(members) }

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
  public func encode(to encoder: any Encoder) throws { try EncodableJSON(json).encode(to: encoder) }
}

/// A JSON tree for any encoder.
private struct EncodableJSON: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private let value: JSONValue
  init(_ value: JSONValue) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    switch value {
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for (key, member) in members {
        try container.encode(EncodableJSON(member), forKey: Key(stringValue: key))
      }
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(EncodableJSON(element)) }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let flag): try single(flag, encoder)
    case .string(let text): try single(text, encoder)
    case .number(let number):
      if let integer = Int(number.text) {
        try single(integer, encoder)
      } else if number.float.isFinite {
        try single(number.float, encoder)
      } else {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
      }
    }
  }

  private func single(_ value: some Encodable, _ encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
