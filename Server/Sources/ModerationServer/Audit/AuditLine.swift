import JSON
import Moderation

/// The lines of the audit log.
enum AuditLine {
  /// What a line says about the request it belongs to.
  static func head(_ event: String, _ call: Call, _ model: LoadedModel, index: Int) -> JSONObject {
    let values = call.record.current
    var line = JSONObject()
    line["event"] = .string(event)
    line["time"] = .string(
      Timestamp.now)
    line["request_id"] = .string(call.record.requestID)
    line["index"] = .number(JSONNumber(index))
    line["api"] = .string(values.api.rawValue)
    if let key = values.key { line["key"] = .string(key) }
    line["model"] = .string(model.name)
    line["bundle"] = .string(model.digest)
    return line
  }

  /// The members of a verdict, which replaying its text gives again.
  static func verdict(_ verdict: Verdict) -> JSONObject {
    var line = JSONObject()
    if !verdict.context.isEmpty { line["context"] = .array(verdict.context.map(JSONValue.string)) }
    line["flagged"] = .bool(verdict.isFlagged)
    line["labels"] = labels(verdict.labels)
    line["actions"] = [
      "author": .array(verdict.actions.forAuthor.map { .string($0.id) }),
      "readers": .array(verdict.actions.forReaders.map { .string($0.id) }),
    ]
    line["tokens"] = .number(JSONNumber(verdict.tokenCount))
    line["truncated"] = .bool(verdict.isTruncated)
    line["windows"] = .number(JSONNumber(verdict.windowCount))
    return line
  }

  static func labels(_ labels: [LabelVerdict]) -> JSONValue {
    var object = JSONObject()
    for label in labels {
      object[label.name] = [
        "score": .score(label.score), "raw": .score(label.rawScore),
        "threshold": .number(JSONNumber(label.threshold)), "flagged": .bool(label.isFlagged),
      ]
    }
    return .object(object)
  }

  static func times(_ times: Submission.Times) -> JSONObject {
    func milliseconds(_ duration: Duration) -> JSONValue {
      .number(JSONNumber((duration / .milliseconds(1) * 1000).rounded() / 1000))
    }
    var line = JSONObject()
    line["queue_ms"] = milliseconds(times.queue)
    line["inference_ms"] = milliseconds(times.inference)
    return line
  }
}

extension JSONObject {
  /// These members, then those of `other`.
  func with(_ other: JSONObject) -> JSONObject {
    var all = self
    for (key, value) in other { all[key] = value }
    return all
  }
}

extension Call {
  /// Writes the lines of results that are about to be answered.
  ///
  /// - Parameter first: how many texts of the request were judged before these
  func audit(
    _ messages: [Message], _ outcome: Submission.Outcome, by model: LoadedModel, first: Int
  ) throws(RequestProblem) {
    guard let log = server.audit else { return }
    var lines: [JSONObject] = []
    for (index, (message, result)) in zip(messages, outcome.results).enumerated() {
      var line = AuditLine.head("verdict", self, model, index: first + index)
        .with(log.text(message.text))
      switch result {
      case .verdict(let verdict): line = line.with(AuditLine.verdict(verdict))
      case .failure(let error): line["error"] = .string(error.description)
      case .vector, .tokenVectors: continue
      }
      lines.append(line.with(AuditLine.times(outcome.times)))
    }
    try log.append(lines)
  }
}
