public import Logging
import Moderation
public import Tensor

/// How a server is set up.
public struct ServerSettings: Sendable {
  /// Where a server listens.
  public enum Address: Sendable, Equatable {
    case host(String, port: Int)
    /// A socket in the file system, which its owner and group may use.
    case unixSocket(String)
  }

  /// The first one answers where a request names none. Empty: the moderator that comes with the package.
  public var models: [ModelRequest] = []
  public var addresses: [Address] = [.host("127.0.0.1", port: 8080)]
  /// Another address for metrics and probes alone; they are at the other addresses too.
  public var metricsAddress: Address?
  public var keys: [String] = []
  /// A file with more keys, a line each. It is read again when the models are.
  public var keysFile: String?
  /// A file of JSON with tenants: a key, and the model, thresholds and rate that go with it. It is read again
  /// when the models are.
  public var tenantsFile: String?
  /// Models that judge along without being heard.
  public var shadows: [ShadowRequest] = []
  /// Nil: no audit log is kept.
  public var audit: AuditSettings?
  /// The file that feedback is appended to; nil: no feedback is taken.
  public var feedbackFile: String?
  public var limits = Limits()
  /// Nil: what the processors and the control group's quota allow.
  public var threads: Int?
  public var precision: Precision?
  /// Tokens of one pass, when fewer than the bundle and the model allow.
  public var maximumTokens: Int?
  public var usesWindows = false
  public var publicURL: String?
  /// Origins whose pages may call the server.
  public var corsOrigins: [String] = []
  /// Whether browsers get a page to try messages on.
  public var hasPlayground = true
  public var logLevel = Logger.Level.info

  public init() {}
}

extension ServerSettings {
  /// What all models are loaded with, on one processor that they share.
  var moderatorOptions: Moderator.Options {
    moderatorOptions(threads: threads ?? CPUQuota.threads())
  }

  func moderatorOptions(threads: Int) -> Moderator.Options {
    Moderator.Options(
      precision: precision, processor: Processor(threads: threads), maximumTokens: maximumTokens,
      usesWindows: usesWindows)
  }
}
