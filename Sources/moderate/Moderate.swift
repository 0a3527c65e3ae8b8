import ArgumentParser
import Moderation

struct Moderate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moderate",
    abstract: "Moderates text on this machine.",
    discussion: """
      Exit codes: 0 all is well, 1 a gate or check failed, 2 wrong usage or bad input.
      """,
    version: Moderator.version,
    subcommands: [
      Classify.self, Embed.self, Tokenize.self, Score.self, Inspect.self,
      Evaluate.self, Perturb.self, Explain.self, Review.self, Quantize.self, Calibrate.self,
      Digest.self, Serve.self,
    ])
}

/// Runs the command. Its own exit codes: argument-parser's would be 64 for wrong usage.
@main
enum Main {
  static func main() async {
    do {
      var command = try Moderate.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      Moderate.exit(withError: code)
    } catch {
      if Moderate.exitCode(for: error) == .success { Moderate.exit(withError: error) }
      complain(isUsage(error) ? Moderate.fullMessage(for: error) : Moderate.message(for: error))
      Moderate.exit(withError: ExitCode(2))
    }
  }

  private static func isUsage(_ error: any Error) -> Bool {
    Moderate.exitCode(for: error) == .validationFailure
  }
}
