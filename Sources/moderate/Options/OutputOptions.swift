import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// One JSON value a line.
  case json
  /// For people.
  case table
}

/// The format of the results.
struct OutputOptions: ParsableArguments {
  @Option(
    help: """
      The format of the output: json (one line per text) or table. By default a table at a terminal \
      and JSON in a pipe.
      """)
  var format: OutputFormat?

  /// As asked for, else by the reader: a table for a person, JSON for a program.
  var chosen: OutputFormat { format ?? (Terminal.output.isInteractive ? .table : .json) }
}
