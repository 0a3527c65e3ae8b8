import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// One JSON value a line.
  case json
  /// For people.
  case table
}

/// How results are printed.
struct OutputOptions: ParsableArguments {
  @Option(
    help: "json (one line per text) or table; by default a table at a terminal, JSON in a pipe.")
  var format: OutputFormat?

  /// As asked for, else what suits the reader.
  var chosen: OutputFormat { format ?? (Terminal.output.isInteractive ? .table : .json) }
}
