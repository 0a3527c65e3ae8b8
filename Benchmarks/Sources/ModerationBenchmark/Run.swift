import ArgumentParser
import Foundation
import JSON

/// Measures models one after another, each in a process of its own, and prints a table.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Measure models and print a table.")

  @Option(help: "A bundle, classifier or sentence encoder; repeatable.")
  var model: [String]

  @Option(help: "float32 or int8; repeatable. By default what the folder runs in.")
  var precision: [String] = []

  @OptionGroup var settings: Settings

  @Option(help: "Write all numbers as JSON.")
  var json: String?

  @Option(help: "Write the table as Markdown.")
  var markdown: String?

  func run() throws {
    var results: [Measurement] = []
    for model in model {
      for precision in precision.isEmpty ? [nil] : precision.map(Optional.some) {
        results.append(try measure(model, precision))
      }
    }
    let table = Table(results, threads: settings.threads).markdown
    print(table)
    if let markdown { try Data(table.utf8).write(to: URL(filePath: markdown)) }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(results).write(to: URL(filePath: json))
    }
  }

  /// Runs `measure` as a process: start-up and memory of one model are not another's.
  private func measure(_ model: String, _ precision: String?) throws -> Measurement {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments =
      ["measure", "--model", model, "--started", "\(Date().timeIntervalSince1970)"]
      + settings.arguments + (precision.map { ["--precision", $0] } ?? [])
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure("\(model) could not be measured") }
    return try JSONDecoder().decode(Measurement.self, from: data)
  }
}

/// What both commands take.
struct Settings: ParsableArguments {
  @Option(help: "Threads to compute on.")
  var threads = 2

  @Option(parsing: .upToNextOption, help: "Lengths in tokens.")
  var lengths = [16, 32, 64, 128]

  @Option(help: "Seconds for each length.")
  var seconds = 3.0

  @Option(help: "Texts for throughput, one a line; by default made-up ones of a tweet's length.")
  var texts: String?

  @Flag(help: "Also say where the time goes.")
  var profile = false

  var arguments: [String] {
    ["--threads", "\(threads)", "--seconds", "\(seconds)", "--lengths"]
      + lengths.map(String.init) + (texts.map { ["--texts", $0] } ?? [])
      + (profile ? ["--profile"] : [])
  }
}
