import JSON
import Logging
import Synchronization

/// Writes each event as one line of JSON. No line has a text, a key or a query in it, as nobody hands
/// any to the logger.
struct JSONLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let write: @Sendable (String) -> Void

  init(
    label: String, level: Logger.Level = .info, write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    logLevel = level
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = JSONObject()
    line["time"] = .string(Timestamp.now)
    line["level"] = .string(event.level.rawValue)
    line["logger"] = .string(label)
    line["message"] = .string("\(event.message)")
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    // Hummingbird counts requests under a name of its own; ours is request_id.
    all["hb.request.id"] = nil
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line[key] = Self.json(value) }
    if let error = event.error { line["error"] = .string("\(error)") }
    write(String(decoding: JSONValue.object(line).encoded(), as: UTF8.self) + "\n")
  }

  private static func json(_ value: Logger.MetadataValue) -> JSONValue {
    switch value {
    case .string(let text): .string(text)
    case .stringConvertible(let number as Int): .number(JSONNumber(number))
    case .stringConvertible(let number as Double): .number(JSONNumber(number))
    case .stringConvertible(let flag as Bool): .bool(flag)
    case .stringConvertible(let other): .string("\(other)")
    case .array(let elements): .array(elements.map(json))
    case .dictionary(let members):
      .object(
        members.sorted { $0.key < $1.key }.reduce(into: JSONObject()) {
          $0[$1.key] = json($1.value)
        }
      )
    }
  }
}
