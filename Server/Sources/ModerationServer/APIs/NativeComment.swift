import JSON
import Moderation

/// A comment of the native API with its replies, parents before their replies.
struct Comment {
  struct Node {
    var message: Message
    var id: JSONValue?
    var depth: Int
  }

  private(set) var nodes: [Node] = []

  /// Reads `{"text", "context"?, "id"?, "replies"?}`; other members are passed over.
  init(_ json: JSONValue, limits: Limits, _ model: LoadedModel) throws(RequestProblem) {
    do {
      try add(json, depth: 0)
    } catch {
      throw error.problem
    }
    for node in nodes { try model.check(node.message.text, limits: limits, parameter: "text") }
  }

  /// As deep as the limit on a body's levels allows.
  private mutating func add(_ json: JSONValue, depth: Int) throws(JSONError) {
    var id = try json.object()["id"]
    if id?.kind != .string && id?.kind != .number { id = nil }
    let message = Message(try json.string("text"), context: try Self.context(json))
    nodes.append(Node(message: message, id: id, depth: depth))
    for (index, reply) in (try json.optionalArray("replies") ?? []).enumerated() {
      do { try add(reply, depth: depth + 1) } catch { throw error.within("replies[\(index)]") }
    }
  }

  /// A list of values, or one string of them with commas between.
  private static func context(_ json: JSONValue) throws(JSONError) -> [String] {
    guard case .string(let text)? = json["context"] else {
      return try json.optionalStrings("context") ?? []
    }
    return text.split(separator: ",").map { part in
      String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }.filter { !$0.isEmpty }
  }

  /// The comment's results, each below the one it replies to.
  func json(_ results: [JSONObject]) -> JSONValue {
    var index = 0
    func node() -> JSONValue {
      let own = nodes[index]
      var object = JSONObject()
      if let id = own.id { object["id"] = id }
      for (key, value) in results[index] { object[key] = value }
      index += 1
      var replies: [JSONValue] = []
      while index < nodes.count, nodes[index].depth == own.depth + 1 { replies.append(node()) }
      if !replies.isEmpty { object["replies"] = .array(replies) }
      return .object(object)
    }
    return node()
  }
}
