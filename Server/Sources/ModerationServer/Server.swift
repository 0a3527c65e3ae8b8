import Hummingbird
import HummingbirdCore
import Logging
import Moderation
import NIOCore
import Platform
import ServiceLifecycle
import Tensor
import UnixSignals

/// The service: models behind HTTP, until the process is asked to stop.
public struct ModerationServer: Sendable {
  private let settings: ServerSettings
  private let state: ServerState
  private let logger: Logger
  private let startedAt = ContinuousClock.now

  /// Loads the models.
  ///
  /// - Parameter log: takes the lines of the log
  /// - Throws: `ModerationError`, ``ServerError``
  public init(_ settings: ServerSettings, log: @escaping @Sendable (String) -> Void) throws {
    self.settings = settings
    let level = settings.logLevel
    logger = Logger(label: "moderate") { JSONLogHandler(label: $0, level: level, write: log) }
    state = try ServerState(settings)
  }

  /// Serves until SIGTERM or SIGINT. Then it says that it is not ready, stops listening, answers what
  /// it has begun, and returns; after the limit for that, it gives up what is still open.
  public func run() async throws {
    let router = RouterBuilder.router(Endpoints.all, state, logger: logger)
    var services: [any Service] = [
      ComputeService(state: state),
      ReloadService(state: state, settings: settings, logger: logger),
    ]
    for address in settings.addresses { services.append(application(router, address)) }
    if let address = settings.metricsAddress {
      services.append(
        application(RouterBuilder.router(Endpoints.operational, state, logger: logger), address))
    }
    services.append(
      ReadinessService(state: state, delay: settings.limits.shutdownDelay, logger: logger))
    var configuration = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration =
      settings.limits.shutdownDelay + settings.limits.drain
    configuration.maximumCancellationDuration = .seconds(5)
    try await ServiceGroup(configuration: configuration).run()
  }

  private func application(_ router: Router<ServerContext>, _ address: ServerSettings.Address)
    -> some Service
  {
    let limits = settings.limits
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderFieldSize = limits.headerBytes
    decoder.maxHeaderListSize = limits.headerBytes
    decoder.maxHeaderFieldCount = limits.headerFields
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [SlowReaderHandler(limit: limits.idle)],
      idleTimeout: TimeAmount(limits.idle), httpDecoderConfiguration: decoder)
    let bind: BindAddress =
      switch address {
      case .host(let host, let port): .hostname(host, port: port)
      case .unixSocket(let path): .unixDomainSocket(path: path)
      }
    return Application(
      router: router, server: .http1(configuration: http),
      configuration: ApplicationConfiguration(
        address: bind, backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
      onServerRunning: { channel in
        announce(address, channel)
        await ServiceManager.notify("READY=1", logger: logger)
      }, logger: logger)
  }

  private func announce(_ address: ServerSettings.Address, _ channel: any Channel) {
    if case .unixSocket(let path) = address {
      try? FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: path)
    }
    let models = state.models.all.map { model -> Logger.MetadataValue in
      ["name": "\(model.name)", "digest": "\(model.digest)"]
    }
    let seconds = (ContinuousClock.now - startedAt) / .seconds(1)
    logger.info(
      "listening",
      metadata: [
        "address": "\(channel.localAddress?.description ?? "")", "models": .array(models),
        "threads": .stringConvertible(state.threads), "load_s": .stringConvertible(seconds),
      ])
  }
}

extension ServerState {
  /// Loads the models and opens the files.
  ///
  /// - Throws: `ModerationError`, ``ServerError``
  convenience init(_ settings: ServerSettings) throws {
    let threads = settings.threads ?? CPUQuota.threads()
    let models = try ModelRegistry(
      settings.models, options: settings.moderatorOptions(threads: threads))
    // A shadow computes on its own thread alone.
    let shadows =
      settings.shadows.isEmpty
      ? nil
      : try ModelRegistry(
        settings.shadows.map(\.model), options: settings.moderatorOptions(threads: 1))
    self.init(
      models: models, limits: settings.limits,
      access: try settings.access(models: models.all), publicURL: settings.publicURL,
      corsOrigins: settings.corsOrigins, hasPlayground: settings.hasPlayground, threads: threads,
      audit: try settings.audit.map { settings throws(ServerError) in try AuditLog(settings) },
      feedback: try settings.feedbackFile.map { path throws(ServerError) in
        try FeedbackStore(path: path)
      },
      shadows: shadows.map { ($0, settings.shadows.map(\.rate)) })
  }
}

extension ServerSettings {
  /// The keys that are given, those of the file, and `more`.
  func allKeys(and more: [String] = []) throws -> APIKeys {
    var lines = keys + more
    if let keysFile {
      let text: String
      do {
        text = try String(contentsOfFile: keysFile, encoding: .utf8)
      } catch {
        throw ServerError.setting(name: "api-keys-file", reason: "\(keysFile) cannot be read")
      }
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    return try APIKeys(lines)
  }
}
