import HTTPTypes
import Hummingbird
import NIOCore

/// What goes along with a request.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  /// False where requests come without a connection, as in tests.
  private let hasConnection: Bool

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    hasConnection = channel.isActive
  }

  /// Whether the connection is closed, and nobody will read an answer.
  var isClientGone: Bool { hasConnection && !channel.isActive }
}

extension HTTPField.Name {
  /// The name of a field, which is a token as HTTP has it.
  static func named(_ name: String) -> Self {
    guard let field = Self(name) else { preconditionFailure("\(name) is no name of a field") }
    return field
  }

  static let requestID = HTTPField.Name.named("x-request-id")
  static let apiKey = HTTPField.Name.named("x-api-key")
  static let azureKey = HTTPField.Name.named("ocp-apim-subscription-key")
  static let retryAfterMilliseconds = HTTPField.Name.named("retry-after-ms")
  static let shouldRetry = HTTPField.Name.named("x-should-retry")
  static let truncated = HTTPField.Name.named("x-truncated-inputs")
}
