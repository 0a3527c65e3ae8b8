import ArgumentParser
import Moderation
import ModerationEvaluation

/// How annotated files are read.
struct DatasetOptions: ParsableArguments {
  @Option(help: "The JSON field or CSV column that holds the text.")
  var textField: String = "text"

  @Option(
    help: ArgumentHelp(
      """
      A label and where its truth stands: insult, insult=COLUMN (0 or 1), or \
      hate=COLUMN:VALUE|VALUE. Repeatable. CSV needs at least one. The label "flagged" is about \
      the whole verdict: whether any label fires.
      """, valueName: "name[=column[:values]]"))
  var label: [String] = []

  func validate() throws {
    for argument in label where DatasetColumns.Label(argument: argument) == nil {
      throw ValidationError(
        "--label \(argument): expected NAME, NAME=COLUMN or NAME=COLUMN:VALUE|VALUE")
    }
  }

  var columns: DatasetColumns {
    DatasetColumns(
      text: textField, labels: label.compactMap { DatasetColumns.Label(argument: $0) })
  }

  /// Opens a file: CSV or TSV by its name, else JSON lines.
  func reader(_ source: ByteSource, path: String) throws -> DatasetReader {
    let name = path.lowercased()
    let format: DatasetReader.Format =
      if name.hasSuffix(".csv") {
        .csv()
      } else if name.hasSuffix(".tsv") {
        .csv(separator: "\t")
      } else {
        .jsonLines
      }
    if format != .jsonLines, label.isEmpty {
      throw CommandError.usage(
        "\(FileOutput.name(of: path)): name the columns of the labels with --label")
    }
    return try DatasetReader(
      format: format, columns: columns, name: FileOutput.name(of: path),
      chunks: { try source.next() })
  }
}
