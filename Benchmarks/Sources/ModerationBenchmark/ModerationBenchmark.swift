import ArgumentParser

/// What moderation costs on this machine.
@main
struct ModerationBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moderation-benchmark",
    abstract: "Measure latency, throughput, start-up and memory, from text to verdict.",
    subcommands: [Run.self, Measure.self, Products.self, Serve.self], defaultSubcommand: Run.self)
}
