public import JSON
import Moderation

extension LabelledExample {
  init(parsing bytes: [UInt8], line: Int, columns: DatasetColumns) throws(LineFailure) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, options: JSONOptions(loneSurrogates: .replace))
    } catch {
      throw LineFailure(reason: error.descriptionInLine)
    }
    do {
      let text = try value.string(columns.text)
      var values: [String: String] = [:]
      if let metadata = try value.optionalObject("metadata") {
        Self.flatten(metadata, prefix: "", into: &values)
      }
      self.init(
        line: line, text: text, labels: try Self.labels(value, columns: columns),
        metadata: values, context: try Self.context(value[columns.context]))
    } catch let failure as LineFailure {
      throw failure
    } catch {
      throw LineFailure(reason: "\(error)")
    }
  }

  private static func labels(_ value: JSONValue, columns: DatasetColumns) throws -> [String: Bool] {
    let object = try value.optionalObject("labels") ?? JSONObject()
    var truths: [String: Bool] = [:]
    if columns.labels.isEmpty {
      for (name, truth) in object { truths[name] = try self.truth(truth, .init(name: name)) }
    } else {
      for label in columns.labels {
        truths[label.name] = try (object[label.column] ?? value[label.column]).flatMap {
          try truth($0, label)
        }
      }
    }
    return truths
  }

  private static func truth(
    _ value: JSONValue, _ label: DatasetColumns.Label
  ) throws -> Bool? {
    switch value {
    case .null: return nil
    case .bool(let truth) where label.positives.isEmpty: return truth
    case .bool(let truth): return try label.truth(of: truth ? "true" : "false")
    case .number(let number): return try label.truth(of: number.text)
    case .string(let text): return try label.truth(of: text)
    case .array, .object:
      throw LineFailure(reason: "labels.\(label.column) is \(value.kind), neither 0 nor 1")
    }
  }

  private static func flatten(
    _ object: JSONObject, prefix: String, into values: inout [String: String]
  ) {
    for (key, value) in object {
      switch value {
      case .null: break
      case .bool(let truth): values[prefix + key] = truth ? "true" : "false"
      case .number(let number): values[prefix + key] = number.text
      case .string(let text): values[prefix + key] = text
      case .array(let elements):
        values[prefix + key] = elements.map {
          if case .string(let text) = $0 {
            text
          } else {
            String(decoding: $0.encoded(), as: UTF8.self)
          }
        }.joined(separator: ",")
      case .object(let nested): flatten(nested, prefix: prefix + key + ".", into: &values)
      }
    }
  }

  private static func context(_ value: JSONValue?) throws -> [String] {
    switch value {
    case nil, .null?: return []
    case .string(let text)?: return MessageTree.contextValues(text)
    case .array(let elements)?:
      return try elements.map {
        guard case .string(let text) = $0 else {
          throw LineFailure(reason: "context should be strings")
        }
        return text
      }
    default: throw LineFailure(reason: "context should be a string or an array of strings")
    }
  }

  /// The example as one JSON line's value: labels and metadata by name, so that it reads back.
  public var json: JSONValue {
    var object = JSONObject()
    object["text"] = .string(text)
    var truths = JSONObject()
    for name in labels.keys.sorted() {
      truths[name] = labels[name].map { .number(JSONNumber($0 ? 1 : 0)) }
    }
    object["labels"] = .object(truths)
    if !context.isEmpty { object["context"] = .array(context.map(JSONValue.string)) }
    if !metadata.isEmpty {
      var values = JSONObject()
      for key in metadata.keys.sorted() { values[key] = metadata[key].map(JSONValue.string) }
      object["metadata"] = .object(values)
    }
    return .object(object)
  }
}
