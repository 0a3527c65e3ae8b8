public import JSON
import Tensor

extension ModerationBundle {
  /// The bundle as the text of a `moderation.json`, two spaces a level, keys in the format's order.
  /// Reading it gives an equal bundle.
  public func encoded() -> String {
    var root = JSONObject()
    root["format"] = .number(JSONNumber(Self.formatVersion))
    root["name"] = .string(name)
    if !description.isEmpty { root["description"] = .string(description) }
    if !license.isEmpty { root["license"] = .string(license) }
    if !languages.isEmpty { root["languages"] = .strings(languages) }
    root["model"] = model.json
    if !heads.isEmpty {
      root["heads"] = .array(
        heads.map { ["name": .string($0.name), "path": .string($0.path)] })
    }
    root["labels"] = .array(labels.map(\.json))
    if let base { root["base"] = .string(base) }
    if !actions.isEmpty {
      var texts = JSONObject()
      for action in actions { texts[action.id] = .string(action.text) }
      root["actions"] = .object(texts)
    }
    if let context { root["context"] = context.json }
    if !apis.isEmpty {
      var tables = JSONObject()
      for table in apis { tables[table.api] = table.json }
      root["apis"] = .object(tables)
    }
    if let maximumTokens { root["maximumTokens"] = .number(JSONNumber(maximumTokens)) }
    root["longTexts"] = longTexts.json
    if let respellingWords { root["respelling"] = ["words": .string(respellingWords)] }
    if !files.isEmpty { root["files"] = .digests(files) }
    if let quantization { root["quantization"] = quantization }
    return JSONValue.object(root).indented() + "\n"
  }
}

extension ModelReference {
  var json: JSONValue {
    var object = JSONObject()
    object["kind"] = .string(kind.rawValue)
    if let path { object["path"] = .string(path) }
    if let name { object["name"] = .string(name) }
    if revision != "main" { object["revision"] = .string(revision) }
    if let prompt { object["prompt"] = .string(prompt) }
    if let promptName { object["promptName"] = .string(promptName) }
    if let adapter { object["adapter"] = .string(adapter) }
    if let dimensions { object["dimensions"] = .number(JSONNumber(dimensions)) }
    if let scoreFunction { object["activation"] = .string(scoreFunction.rawValue) }
    if precisions != Self.usualPrecisions {
      object["precisions"] = .strings(precisions.map(\.rawValue))
    }
    if let plan { object["plan"] = .string(plan) }
    if !files.isEmpty { object["files"] = .digests(files) }
    if isPinned { object["pinned"] = .bool(true) }
    return .object(object)
  }
}

extension LabelDefinition {
  var json: JSONValue {
    var object = JSONObject()
    object["name"] = .string(name)
    if !description.isEmpty { object["description"] = .string(description) }
    object["threshold"] = .number(JSONNumber(threshold))
    if let range = thresholdRange {
      object["thresholdRange"] = .array(
        [range.lowerBound, range.upperBound].map { .number(JSONNumber($0)) })
    }
    object["severity"] = .string(severity.rawValue)
    if !sources.isEmpty {
      object["scores"] = .array(
        sources.map { ["head": .string($0.head), "class": .string($0.className)] })
    }
    if let direction {
      object["direction"] = [
        "from": .string(direction.from.rawValue), "to": .string(direction.to.rawValue),
      ]
    }
    if !authorActions.isEmpty || !readerActions.isEmpty {
      object["actions"] = [
        "author": .strings(authorActions), "readers": .strings(readerActions),
      ]
    }
    if let calibration { object["calibration"] = calibration.json }
    if let support {
      var counts = JSONObject()
      counts["positives"] = .number(JSONNumber(support.positives))
      counts["negatives"] = .number(JSONNumber(support.negatives))
      if let source = support.source { counts["source"] = .string(source) }
      object["support"] = .object(counts)
    }
    return .object(object)
  }
}

extension Calibration {
  /// The calibration as `moderation.json` has it.
  package var json: JSONValue {
    switch self {
    case .platt(let slope, let intercept):
      ["method": "platt", "slope": .number(.init(slope)), "intercept": .number(.init(intercept))]
    case .isotonic(let inputs, let outputs):
      [
        "method": "isotonic", "inputs": .array(inputs.map { .number(.init($0)) }),
        "outputs": .array(outputs.map { .number(.init($0)) }),
      ]
    }
  }
}

extension ContextPrefixes {
  var json: JSONValue {
    var object = JSONObject()
    object["template"] = .string(template)
    object["separator"] = .string(separator)
    object["dimensions"] = .array(
      dimensions.map { dimension in
        var entry = JSONObject()
        entry["name"] = .string(dimension.name)
        entry["values"] = .strings(dimension.values)
        if let fallback = dimension.fallback { entry["default"] = .string(fallback) }
        return .object(entry)
      })
    return .object(object)
  }
}

extension LongTextPolicy {
  var json: JSONValue {
    switch self {
    case .truncate: return ["policy": "truncate"]
    case .windows(let overlap, let combine):
      var object = JSONObject()
      object["policy"] = "windows"
      if let overlap { object["overlap"] = .number(JSONNumber(overlap)) }
      object["combine"] = .string(combine.rawValue)
      return .object(object)
    }
  }
}

extension JSONValue {
  fileprivate static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(Self.string)) }

  fileprivate static func digests(_ files: [FileDigest]) -> JSONValue {
    var object = JSONObject()
    for file in files { object[file.path] = .string(file.sha256) }
    return .object(object)
  }

  /// For people: two spaces a level, arrays and objects without others inside on one line where
  /// that fits into 100 columns.
  public func indented(depth: Int = 0) -> String {
    let margin = String(repeating: "  ", count: depth + 1)
    let end = "\n" + String(repeating: "  ", count: depth)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      if let line = oneLine(margin: depth) { return line }
      return "[\n"
        + elements.map { margin + $0.indented(depth: depth + 1) }
        .joined(separator: ",\n") + end + "]"
    case .object(let members) where !members.isEmpty:
      if depth > 0, let line = oneLine(margin: depth) { return line }
      return "{\n"
        + members.map { key, value in
          margin + JSONValue.string(key).compact + ": " + value.indented(depth: depth + 1)
        }.joined(separator: ",\n") + end + "}"
    default:
      return compact
    }
  }

  private var compact: String { String(decoding: encoded(), as: UTF8.self) }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func oneLine(margin: Int) -> String? {
    let line: String
    switch self {
    case .array(let elements) where elements.allSatisfy(\.isScalar):
      line = "[" + elements.map(\.compact).joined(separator: ", ") + "]"
    case .object(let members) where members.allSatisfy({ $1.isScalar }):
      line =
        "{ "
        + members.map { JSONValue.string($0).compact + ": " + $1.compact }.joined(separator: ", ")
        + " }"
    default: return nil
    }
    // A key may stand in front of it.
    return line.count + 2 * margin <= 76 ? line : nil
  }
}
