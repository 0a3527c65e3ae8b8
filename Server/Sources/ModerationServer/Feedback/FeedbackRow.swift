import JSON
import Moderation

/// What a person says about a message: an annotated line, as `moderate review`, `moderate evaluate` and the
/// training scripts read it.
struct FeedbackRow: Sendable, Equatable {
  var text: String
  var context: [String] = []
  /// By the label's name; a label that is not named is unknown. `flagged` stands for the whole verdict.
  var labels: [(name: String, truth: Bool)]
  /// The caller's own members.
  var metadata = JSONObject()
  /// Names the report, so that sending it again changes nothing.
  var key: String?

  static func == (left: FeedbackRow, right: FeedbackRow) -> Bool {
    left.text == right.text && left.context == right.context && left.key == right.key
      && left.metadata == right.metadata
      && left.labels.elementsEqual(right.labels) { $0.name == $1.name && $0.truth == $1.truth }
  }

  /// The line, without its line end.
  ///
  /// - Parameter more: what the server knows about the report
  func json(_ more: JSONObject) -> JSONValue {
    var object = JSONObject()
    object["text"] = .string(text)
    var truths = JSONObject()
    for (name, truth) in labels { truths[name] = .number(JSONNumber(truth ? 1 : 0)) }
    object["labels"] = .object(truths)
    if !context.isEmpty { object["context"] = .array(context.map(JSONValue.string)) }
    object["metadata"] = .object(metadata.with(more))
    return .object(object)
  }

  /// What tells one report of a key from another: text, context and labels.
  static func content(_ line: JSONValue) -> Int {
    var hasher = Hasher()
    for member in ["text", "context"] { hasher.combine(line[member]?.encoded()) }
    let labels = (try? line.object("labels")) ?? JSONObject()
    for name in labels.keys.sorted() {
      hasher.combine(name)
      hasher.combine(labels[name]?.encoded())
    }
    return hasher.finalize()
  }

  /// Names in `metadata` that are the server's.
  static let reserved = ["source", "time", "key", "caller", "request_id", "model", "bundle"]
}

extension FeedbackRow {
  /// What the server knows about a report.
  static func origin(_ source: String, _ call: Call, _ model: LoadedModel, key: String?)
    -> JSONObject
  {
    var object = JSONObject()
    object["source"] = .string(source)
    object["time"] = .string(
      Timestamp.now)
    if let key { object["key"] = .string(key) }
    if let caller = call.record.current.key { object["caller"] = .string(caller) }
    object["request_id"] = .string(call.record.requestID)
    object["model"] = .string(model.name)
    object["bundle"] = .string(model.digest)
    return object
  }
}
