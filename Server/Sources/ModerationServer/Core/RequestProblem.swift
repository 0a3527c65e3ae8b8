/// A request that gets an error for an answer. Each API writes it in its own shape.
struct RequestProblem: Error, Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The body is no JSON.
    case malformed
    /// The body is JSON of the wrong shape, or asks for something that is not to be had.
    case invalid
    /// A list of inputs has nothing in it.
    case empty
    /// The body's media type is not the API's.
    case mediaType
    case unauthorized
    case notFound
    case methodNotAllowed
    case unknownModel
    /// The request contradicts an earlier one of the same key.
    case conflict
    /// The body, an input or the number of inputs is over its limit.
    case tooLarge
    /// The server has as much to do as it takes on.
    case overloaded
    /// The body did not arrive in time.
    case bodyTimeout
    /// The answer was not ready in time, or the server shuts down.
    case unavailable
    /// The model has not what is asked for, such as embeddings.
    case unsupported
    /// The model failed.
    case model
  }

  var kind: Kind
  /// A sentence for the caller. It never has a text or a key in it.
  var message: String
  /// The part of the request that is at fault, such as `input[1].type`.
  var parameter: String?
  /// When to try again, in seconds.
  var retryAfter: Double?

  init(_ kind: Kind, _ message: String, parameter: String? = nil, retryAfter: Double? = nil) {
    self.kind = kind
    self.message = message
    self.parameter = parameter
    self.retryAfter = retryAfter
  }

  /// The status of HTTP that says it, where the API has no other.
  var status: Int {
    switch kind {
    case .malformed, .invalid, .empty, .unsupported: 400
    case .unauthorized: 401
    case .notFound, .unknownModel: 404
    case .methodNotAllowed: 405
    case .bodyTimeout: 408
    case .conflict: 409
    case .tooLarge: 413
    case .mediaType: 415
    case .overloaded: 429
    case .model: 500
    case .unavailable: 503
    }
  }

  /// A short name for the kind, in `error.code` and in the logs.
  var code: String {
    switch kind {
    case .malformed: "malformed_json"
    case .invalid: "invalid_request"
    case .empty: "empty_input"
    case .mediaType: "unsupported_media_type"
    case .unauthorized: "invalid_api_key"
    case .notFound: "not_found"
    case .methodNotAllowed: "method_not_allowed"
    case .unknownModel: "model_not_found"
    case .conflict: "conflict"
    case .tooLarge: "too_large"
    case .overloaded: "overloaded"
    case .bodyTimeout: "request_timeout"
    case .unavailable: "unavailable"
    case .unsupported: "unsupported"
    case .model: "model_error"
    }
  }
}
