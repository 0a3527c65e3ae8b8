import JSON

/// The errors of text-embeddings-inference as they are on the wire.
enum TEIErrors {
  /// `{"error", "error_type"}`; what its web framework says itself is plain text, and a missing key has
  /// no body.
  static let render: @Sendable (RequestProblem) -> Answer = { problem in
    switch problem.kind {
    case .unauthorized: return Answer.empty(401)
    case .malformed: return text(problem, 400)
    case .mediaType: return text(problem, 415)
    case .tooLarge where problem.parameter == nil: return text(problem, 413)
    case .invalid where problem.parameter == shape: return text(problem, 422)
    default:
      let prefix = type(of: problem) == "Validation" ? "Input validation error: " : ""
      let place = problem.parameter.map { "\($0): " } ?? ""
      return Answer(
        [
          "error": .string(prefix + place + problem.message),
          "error_type": .string(type(of: problem)),
        ], status: status(of: problem), headers: problem.retryHeaders)
    }
  }

  /// The parameter of a problem with the body's shape.
  private static let shape = "body"

  /// A body whose shape no route takes.
  static func shape(_ message: String) -> RequestProblem {
    RequestProblem(
      .invalid,
      "Failed to deserialize the JSON body into the target type: \(message)", parameter: shape)
  }

  static func type(of problem: RequestProblem) -> String {
    switch problem.kind {
    case .empty: "Empty"
    case .overloaded: "Overloaded"
    case .model, .unsupported: "Backend"
    case .unavailable, .bodyTimeout: "Unhealthy"
    default: "Validation"
    }
  }

  private static func status(of problem: RequestProblem) -> Int {
    switch problem.kind {
    case .empty: 400
    case .invalid, .tooLarge: 422
    case .model, .unsupported: 424
    default: problem.status
    }
  }

  private static func text(_ problem: RequestProblem, _ status: Int) -> Answer {
    Answer(
      status: status, mediaType: "text/plain; charset=utf-8", bytes: Array(problem.message.utf8))
  }
}
