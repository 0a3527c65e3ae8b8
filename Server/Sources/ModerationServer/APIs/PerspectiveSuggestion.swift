import JSON
import Moderation

/// `comments:suggestscore`: a score that a person suggests, which becomes a line of feedback.
enum PerspectiveSuggestion {
  static let answer: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json()
    let request = try PerspectiveAPI.Request(body)
    guard request.text.contains(where: { !$0.isWhitespace }) else {
      throw PerspectiveErrors.commentEmpty
    }
    guard let scores = try body.optionalObject("attributeScores"), !scores.isEmpty else {
      throw PerspectiveErrors.invalid("Missing attribute_scores")
    }
    var suggested: [(attribute: String, value: Double)] = []
    for (name, score) in scores {
      let summary = try score.optionalObject("summaryScore").map(JSONValue.object)
      guard let value = try summary?.optionalDouble("value") else { continue }
      suggested.append((name, value))
    }
    let model = call.modelOrFirst(named: nil)
    var row = row(request.text, suggested, bundle: model.moderator.bundle)
    for member in ["communityId", "languages"] {
      if let value = body[member] { row.metadata[member] = value }
    }
    // The client may use its token for each suggestion about a comment: only the same one is a repetition.
    if let token = request.clientToken {
      row.key = token + " " + suggested.map { "\($0.attribute)=\($0.value)" }.joined(separator: ",")
    }
    _ = try await call.keep(row, source: "perspective", model)
    var answer = JSONObject()
    if let token = request.clientToken { answer["clientToken"] = .string(token) }
    return Answer(.object(answer))
  }

  /// The labels that a suggestion is about. A low score clears all labels that the attribute reads. A high
  /// one says that one of several labels is true and not which, so it is about the whole verdict then.
  static func row(
    _ text: String, _ suggested: [(attribute: String, value: Double)], bundle: ModerationBundle
  ) -> FeedbackRow {
    let table = APITable.entries("perspective", of: bundle)
    var labels: [(name: String, truth: Bool)] = []
    var scores = JSONObject()
    func add(_ name: String, _ truth: Bool) {
      if let index = labels.firstIndex(where: { $0.name == name }) {
        labels[index].truth = labels[index].truth || truth
      } else {
        labels.append((name, truth))
      }
    }
    for (attribute, value) in suggested {
      scores[attribute] = .score(value)
      guard let entry = table.first(where: { $0.name == attribute }) else { continue }
      if value < 0.5 {
        for label in entry.labels { add(label, false) }
      } else {
        add(entry.labels.count == 1 ? entry.labels[0] : "flagged", true)
      }
    }
    var metadata = JSONObject()
    metadata["suggested"] = .object(scores)
    return FeedbackRow(text: text, labels: labels, metadata: metadata)
  }
}
