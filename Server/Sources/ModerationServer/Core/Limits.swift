/// What the server takes on. Everything beyond is refused with an error that names the limit.
public struct Limits: Sendable, Equatable {
  /// Bytes of a request's body; a stream of JSON Lines has no such limit, its lines have.
  public var bodyBytes = 2_000_000
  /// Bytes of all header fields of a request.
  public var headerBytes = 16 * 1024
  /// Header fields of a request.
  public var headerFields = 100
  /// Inputs of one request.
  public var inputs = 10_000
  /// Tokens of one message, before truncation.
  public var messageTokens = 32_768
  /// Tokens of one pass through the model; a message with more passes alone.
  public var batchTokens = 2_048
  /// Tokens that wait for the model, all requests together. A request counts at most a quarter of it,
  /// as no more of one request stands before another's turn.
  public var queuedTokens = 32_768
  /// Open connections; others wait until one closes.
  public var connections = 4_096
  /// Time without a byte after which a connection is closed.
  public var idle = Duration.seconds(60)
  /// Time from the first byte of a request to its answer.
  public var request = Duration.seconds(30)
  /// Time that running requests have when the server is asked to stop.
  public var drain = Duration.seconds(25)
  /// Time in which the server says that it is not ready, before it stops listening.
  public var shutdownDelay = Duration.zero
  /// Levels of arrays and objects in a body.
  public static let jsonDepth = 128

  public init() {}
}
