import ArgumentParser
import Logging
import Moderation
import ModerationServer
import SystemPackage
import Tensor

/// `moderate serve`: answers over HTTP until it is asked to stop.
@main
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moderate serve",
    abstract: "Answer requests over HTTP, in the APIs of several services.",
    discussion: """
      Every option is an environment variable as well: MODERATE_ and the option's name in capitals, \
      MODERATE_MAX_BATCH_TOKENS for --max-batch-tokens. Lists have commas. An option goes before its \
      variable. SIGTERM stops the server, SIGHUP loads the models, the keys and the tenants anew.
      """)

  @OptionGroup(title: "Models") var models: ModelOptions
  @OptionGroup(title: "Addresses and keys") var access: AccessOptions
  @OptionGroup(title: "Tenants, audit, shadows and feedback") var practice: PracticeOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String = "info"

  /// Parses the command line, completed from the environment.
  static func main() async {
    do {
      let arguments = EnvironmentArguments.complete(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot(arguments)
      if var serve = command as? Serve { try await serve.run() } else { try command.run() }
    } catch let error as ModerationError {
      exit(withError: Failure(description: error.description))
    } catch let error as ServerError {
      exit(withError: Failure(description: error.description))
    } catch {
      exit(withError: error)
    }
  }

  mutating func run() async throws {
    let settings = try settings()
    if let log = practice.replay {
      let replay = try AuditReplay(of: log, texts: practice.replayTexts, settings) { print($0) }
      print(
        "\(replay.same) the same, \(replay.different.count) different, "
          + "\(replay.unreadable.count) unreadable, \(replay.skipped) skipped")
      guard replay.isPassed else { throw ExitCode(1) }
      return
    }
    try await ModerationServer(settings) { line in
      // A log that nobody reads must not stop the server.
      _ = try? FileDescriptor.standardError.writeAll(line.utf8)
    }.run()
  }

  func settings() throws -> ServerSettings {
    var settings = ServerSettings()
    try models.apply(to: &settings)
    try access.apply(to: &settings)
    try practice.apply(to: &settings)
    try limits.apply(to: &settings.limits)
    guard let level = Logger.Level(rawValue: logLevel.lowercased()) else {
      throw ValidationError("--log-level is \"\(logLevel)\", which is no level of the log.")
    }
    settings.logLevel = level
    return settings
  }
}

/// An error that is printed as it stands.
struct Failure: Error, CustomStringConvertible {
  let description: String
}
