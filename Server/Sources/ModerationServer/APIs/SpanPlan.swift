import JSON
import Moderation

/// A message and, where they are wanted, its sentences: each sentence is judged alone, in the message's
/// context. A message of one sentence is not judged twice.
struct SpanPlan {
  let messages: [Message]
  /// Half-open, in UTF-16 units; empty where no spans are wanted.
  let ranges: [Range<Int>]

  init(_ message: Message, isWanted: Bool) {
    let sentences = isWanted ? TextSegments(message.text).sentences : []
    if sentences.count > 1 {
      messages =
        [message] + sentences.map { Message($0.text, context: message.context) }
      ranges = sentences.map(\.utf16)
    } else {
      messages = [message]
      ranges = isWanted ? [0..<message.text.utf16.count] : []
    }
  }

  /// The verdicts on the sentences, out of the results of ``messages``. Those that failed are left out.
  func spans(_ results: [Result<Verdict, ModerationError>]) -> [(
    range: Range<Int>, verdict: Verdict
  )] {
    let own = ranges.count == 1 ? results[...] : results.dropFirst()
    return zip(ranges, own).compactMap { range, result in
      (try? result.get()).map { (range, $0) }
    }
  }

  /// The members of the native answer: a verdict with `"spans"`, or an error.
  func json(_ results: [Result<Verdict, ModerationError>]) -> JSONObject {
    var object = JSONObject()
    switch results[0] {
    case .failure(let error):
      object["error"] = NativeAPI.errorJSON(RequestProblem(.model, error.description))
    case .success(let verdict):
      if case .object(let members) = verdict.json { object = members }
      guard !ranges.isEmpty else { break }
      object["spans"] = .array(
        spans(results).map { range, verdict in
          var scores = JSONObject()
          for label in verdict.labels { scores[label.name] = .score(label.score) }
          return [
            "begin": .number(JSONNumber(range.lowerBound)),
            "end": .number(JSONNumber(range.upperBound)), "scores": .object(scores),
          ]
        })
    }
    return object
  }
}

extension JSONValue {
  /// A score; null where it is no number.
  static func score(_ score: Float) -> JSONValue {
    score.isFinite ? .number(JSONNumber(score)) : .null
  }

  static func score(_ score: Double) -> JSONValue {
    score.isFinite ? .number(JSONNumber(score)) : .null
  }
}
