import ArgumentParser
import ModerationEvaluation

/// The columns and labels of annotated files.
struct DatasetOptions: ParsableArguments {
  @Option(help: "The JSON field or CSV column that holds the text.")
  var textField: String = "text"

  @Option(
    help: ArgumentHelp(
      """
      A label, and the column that says whether it is true: insult, insult=COLUMN (the column \
      holds 0 or 1), or hate=COLUMN:VALUE|VALUE (the label is true for these values). Repeatable. \
      CSV and TSV need at least one. The label "flagged" stands for the whole verdict, whether any \
      label fires.
      """, valueName: "name[=column[:values]]"))
  var label: [String] = []

  func validate() throws {
    var names: Set<String> = []
    for argument in label {
      guard let label = DatasetColumns.Label(argument: argument) else {
        throw ValidationError(
          "--label \(argument): expected NAME, NAME=COLUMN or NAME=COLUMN:VALUE|VALUE")
      }
      guard names.insert(label.name).inserted else {
        throw ValidationError("--label \(argument): \(label.name) is there twice")
      }
    }
  }

  var columns: DatasetColumns {
    DatasetColumns(
      text: textField, labels: label.compactMap { DatasetColumns.Label(argument: $0) })
  }

  /// Reads a file: CSV or TSV by its name, else JSON lines.
  func reader(_ file: InputFile) throws -> DatasetReader {
    let separator = InputFormat(path: file.name)?.separator
    if separator != nil, label.isEmpty {
      throw CommandError.usage("\(file.name): name the columns of the labels with --label")
    }
    return try DatasetReader(
      format: separator.map { .csv(separator: Character(Unicode.Scalar($0))) } ?? .jsonLines,
      columns: columns, name: file.name, chunks: { try file.next() })
  }
}
