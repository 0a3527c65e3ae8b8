import ArgumentParser
import Moderation
import ModerationServer
import Tensor

struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model: FOLDER, a Hugging Face name from the local cache, or NAME=FOLDER. Again for each model; requests choose by \"model\", and the first one answers the others. Without it, the moderator that comes with the package.",
      valueName: "name=folder"))
  var model: [String] = []

  @Option(help: "Threads to compute on. Without it, what processors and CPU quota allow.")
  var threads: Int?

  @Option(help: "float32 or int8.")
  var precision: String?

  @Option(help: "Tokens of one pass, when fewer than the model takes.")
  var maxTokens: Int?

  @Flag(help: "Read long texts in windows even where the bundle truncates.")
  var windows = false

  func apply(to settings: inout ServerSettings) throws {
    settings.models = model.map(ModelRequest.init(parsing:))
    if let threads, threads < 1 { throw ValidationError("--threads is less than 1.") }
    settings.threads = threads
    if let precision {
      guard let value = Precision(rawValue: precision) else {
        throw ValidationError("--precision is \"\(precision)\", which is not float32 or int8.")
      }
      settings.precision = value
    }
    if let maxTokens, maxTokens < 3 { throw ValidationError("--max-tokens is less than 3.") }
    settings.maximumTokens = maxTokens
    settings.usesWindows = windows
  }
}

struct AccessOptions: ParsableArguments {
  @Option(help: "The address to listen at; 0.0.0.0 or :: for all.")
  var hostname: String = "127.0.0.1"

  @Option(name: [.long, .customShort("p")], help: "The port to listen at; 0 for any.")
  var port: Int = 8080

  @Option(help: "A Unix socket to listen at, instead of the port unless --port is given too.")
  var unixSocket: String?

  @Option(
    name: [.customLong("metrics-port"), .customLong("prometheus-port")],
    help: "Another port for metrics and probes alone; they are at the first one too.")
  var metricsPort: Int?

  @Option(
    help: ArgumentHelp(
      "A key that callers must show, again for each. The name stands in the log.",
      valueName: "name=key"))
  var apiKey: [String] = []

  @Option(help: "A file with a key a line, NAME=KEY. It is read again on SIGHUP.")
  var apiKeysFile: String?

  @Option(help: "The server's address as clients see it, for the discovery document.")
  var publicUrl: String?

  @Option(help: "An origin whose pages may call the server; again for each.")
  var corsAllowOrigin: [String] = []

  @Flag(help: "Serve no page for trying messages in a browser.")
  var noPlayground = false

  func apply(to settings: inout ServerSettings) throws {
    settings.hasPlayground = !noPlayground
    for (name, port) in [("port", port), ("metrics-port", metricsPort ?? 0)]
    where !(0...65535).contains(port) {
      throw ValidationError("--\(name) is \(port), which is no port.")
    }
    settings.addresses =
      unixSocket.map { [.unixSocket($0)] } ?? [.host(hostname, port: port)]
    settings.metricsAddress = metricsPort.map { .host(hostname, port: $0) }
    settings.keys = apiKey
    settings.keysFile = apiKeysFile
    settings.publicURL = publicUrl
    settings.corsOrigins = corsAllowOrigin
  }
}

struct LimitOptions: ParsableArguments {
  @Option(help: "Bytes of a body.")
  var payloadLimit: Int?

  @Option(help: "Bytes of a request's header fields.")
  var maxHeaderBytes: Int?

  @Option(help: "Header fields of a request.")
  var maxHeaderFields: Int?

  @Option(help: "Inputs of one request.")
  var maxClientBatchSize: Int?

  @Option(help: "Tokens of one message, before truncation.")
  var maxMessageTokens: Int?

  @Option(help: "Tokens of one pass through the model, of all requests together.")
  var maxBatchTokens: Int?

  @Option(help: "Tokens that may wait before requests are refused with 429.")
  var maxQueuedTokens: Int?

  @Option(help: "Open connections.")
  var maxConnections: Int?

  @Option(help: "Seconds without a byte after which a connection is closed.")
  var idleTimeout: Double?

  @Option(help: "Seconds from a request's first byte to its answer.")
  var requestTimeout: Double?

  @Option(help: "Seconds that running requests have when the server stops.")
  var drainTimeout: Double?

  @Option(help: "Seconds in which the server says that it is not ready, before it stops.")
  var shutdownDelay: Double?

  func apply(to limits: inout Limits) throws {
    try set(&limits.bodyBytes, payloadLimit, "payload-limit")
    try set(&limits.headerBytes, maxHeaderBytes, "max-header-bytes")
    try set(&limits.headerFields, maxHeaderFields, "max-header-fields")
    try set(&limits.inputs, maxClientBatchSize, "max-client-batch-size")
    try set(&limits.messageTokens, maxMessageTokens, "max-message-tokens")
    try set(&limits.batchTokens, maxBatchTokens, "max-batch-tokens")
    try set(&limits.queuedTokens, maxQueuedTokens, "max-queued-tokens")
    try set(&limits.connections, maxConnections, "max-connections")
    try set(&limits.idle, idleTimeout, "idle-timeout")
    try set(&limits.request, requestTimeout, "request-timeout")
    try set(&limits.drain, drainTimeout, "drain-timeout")
    try set(&limits.shutdownDelay, shutdownDelay, "shutdown-delay", least: 0)
  }

  private func set(_ limit: inout Int, _ value: Int?, _ name: String) throws {
    guard let value else { return }
    guard value >= 1 else { throw ValidationError("--\(name) is less than 1.") }
    limit = value
  }

  private func set(_ limit: inout Duration, _ value: Double?, _ name: String, least: Double = 0.001)
    throws
  {
    guard let value else { return }
    guard (least...1e6).contains(value) else {
      throw ValidationError("--\(name) is not between \(least) and 1000000 seconds.")
    }
    limit = .seconds(value)
  }
}
