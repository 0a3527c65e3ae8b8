import HTTPTypes
import JSON
import Moderation

/// The spam checker of Matrix's homeserver Synapse, by its module `synapse_http_antispam`, under the path that
/// Draupnir has.
///
/// The module takes every answer that is JSON and no success for a refusal. What is wrong here is therefore
/// plain text, which it passes messages at: a server that is overloaded silences nobody.
enum MatrixAPI {
  static let dialect = Dialect(api: .matrix) { problem in
    Answer(
      status: problem.status, mediaType: "text/plain; charset=utf-8",
      bytes: Array(problem.message.utf8), headers: problem.retryHeaders)
  }

  private static let root = "/api/1/spam_check"

  static let endpoints = [
    Endpoint(.post, root + "/check_event_for_spam", dialect, handle: check),
    Endpoint(.post, root + "/ping", dialect) { call in
      Answer(["id": .string(try await call.json().string("id")), "status": "ok"])
    },
  ]

  private static let check: @Sendable (Call) async throws -> Answer = { call in
    let texts = texts(of: try await call.json().object("event"))
    guard !texts.isEmpty else { return Answer(.object(JSONObject())) }
    let verdicts = try await call.verdicts(
      on: texts.map { Message($0) }, by: call.modelOrFirst(named: nil), parameter: { _ in "event" })
    var labels: [String] = []
    for label in verdicts.flatMap(\.flaggedLabels) where !labels.contains(label.name) {
      labels.append(label.name)
    }
    guard !labels.isEmpty else { return Answer(.object(JSONObject())) }
    return Answer(
      [
        "errcode": "M_FORBIDDEN",
        "error": .string("This message is not sent: \(labels.joined(separator: ", "))."),
      ], status: 403)
  }

  /// What people see of an event: the text of a message and of what replaces it, without markup and with; a
  /// room's name and topic; a member's name and reason. Events without such texts, encrypted ones among them,
  /// have none.
  static func texts(of event: JSONObject) -> [String] {
    guard case .object(let content)? = event["content"] else { return [] }
    var texts: [String] = []
    func add(_ value: JSONValue?, isMarkup: Bool = false) {
      guard case .string(let text)? = value else { return }
      let plain = isMarkup ? plainText(text) : text
      guard plain.contains(where: { !$0.isWhitespace }), !texts.contains(plain) else { return }
      texts.append(plain)
    }
    var contents = [content]
    if case .object(let replacement)? = content["m.new_content"] { contents.append(replacement) }
    for content in contents {
      for name in ["body", "name", "topic", "displayname", "reason"] { add(content[name]) }
      add(content["formatted_body"], isMarkup: true)
    }
    return texts
  }

  /// HTML without its tags, with the commonest entities.
  private static func plainText(_ html: String) -> String {
    var text = ""
    var isTag = false
    for character in html {
      switch character {
      case "<": isTag = true
      case ">" where isTag: isTag = false
      default: if !isTag { text.append(character) }
      }
    }
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "),
      ("&amp;", "&"),
    ] {
      text = text.replacing(entity, with: character)
    }
    return text
  }
}
