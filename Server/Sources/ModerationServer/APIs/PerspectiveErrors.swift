import JSON

/// Perspective's errors. Clients branch on `details[0].errorType`, so the type goes along as the problem's
/// parameter; what a language error names stands in the message.
enum PerspectiveErrors {
  static let commentEmpty = RequestProblem(
    .invalid, "Comment must be non-empty.", parameter: "COMMENT_EMPTY")
  static let commentTooLong = RequestProblem(
    .invalid, "Comment text too long.", parameter: "COMMENT_TOO_LONG")
  static let noAttributes = RequestProblem(
    .invalid, "Missing requested_attributes", parameter: "NO_REQUESTED_ATTRIBUTES")
  static let noLanguage = RequestProblem(
    .invalid, "Unable to detect language", parameter: "LANGUAGE_DETECTION_FAILED")

  static func invalid(_ message: String) -> RequestProblem {
    RequestProblem(.invalid, message, parameter: "INVALID_REQUEST")
  }

  private static let languageError = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"

  static func language(_ languages: [String], attribute: String) -> RequestProblem {
    RequestProblem(
      .invalid,
      "Attribute \(attribute) does not support request languages: \(languages.joined(separator: ","))",
      parameter: "\(languageError) \(attribute) \(languages.joined(separator: ","))")
  }

  /// `{"error": {"code", "message", "status", "details"}}`, as Google's APIs have it.
  static let render: @Sendable (RequestProblem) -> Answer = { problem in
    let (code, status) = status(of: problem)
    var error = JSONObject()
    error["code"] = .number(JSONNumber(code))
    error["message"] = .string(
      problem.kind == .unauthorized
        ? "API key not valid. Please pass a valid API key." : problem.message)
    error["status"] = .string(status)
    if let details = details(of: problem) { error["details"] = [details] }
    return Answer(["error": .object(error)], status: code, headers: problem.retryHeaders)
  }

  /// The code of HTTP and the name that Google's APIs have for it. A key that is not valid is a 400 there.
  private static func status(of problem: RequestProblem) -> (Int, String) {
    switch problem.kind {
    case .malformed, .invalid, .empty, .unauthorized, .tooLarge, .mediaType, .unsupported:
      (400, "INVALID_ARGUMENT")
    case .notFound, .unknownModel: (404, "NOT_FOUND")
    case .methodNotAllowed: (405, "INVALID_ARGUMENT")
    case .conflict: (409, "ALREADY_EXISTS")
    case .overloaded: (429, "RESOURCE_EXHAUSTED")
    case .bodyTimeout: (408, "DEADLINE_EXCEEDED")
    case .unavailable: (503, "UNAVAILABLE")
    case .model: (500, "INTERNAL")
    }
  }

  private static func details(of problem: RequestProblem) -> JSONValue? {
    switch problem.kind {
    case .unauthorized:
      return [
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": ["service": "commentanalyzer.googleapis.com"],
      ]
    case .malformed, .invalid, .empty, .tooLarge:
      var detail = JSONObject()
      detail["@type"] = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
      let words = (problem.parameter ?? "").split(separator: " ").map(String.init)
      if words.count == 3, words[0] == languageError {
        detail["errorType"] = .string(languageError)
        detail["languageNotSupportedByAttributeError"] = [
          "requestedLanguages": .array(words[2].split(separator: ",").map { .string(String($0)) }),
          "attribute": .string(words[1]),
        ]
      } else {
        let known = [
          "COMMENT_EMPTY", "COMMENT_TOO_LONG", "NO_REQUESTED_ATTRIBUTES",
          "LANGUAGE_DETECTION_FAILED",
        ]
        detail["errorType"] = .string(known.first { $0 == problem.parameter } ?? "INVALID_REQUEST")
      }
      return .object(detail)
    default: return nil
    }
  }
}
