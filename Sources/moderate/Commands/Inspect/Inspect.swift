import ArgumentParser
import JSON
import Moderation
import Tensor

/// `moderate inspect` shows a model and the machine, and checks the model's files.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show facts about a model and about this machine.",
    discussion: """
      Prints the sizes of the model, its tokenizer, labels, precisions and memory, and the kernels \
      that this CPU runs. With --verify, the files of the bundle are compared with their SHA-256 \
      digests, and those that have none are listed; the exit code is 1 when one differs.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Compare the files of the bundle with the SHA-256 digests in moderation.json.")
  var verify = false

  func run() throws {
    let source = try model.source()
    let checks = verify ? source.verify() : []
    let uncovered = verify ? source.filesWithoutDigest() : []
    let failed = checks.filter { $0.problem != nil }
    // Said first: a model with another file may be none that can be read.
    for check in failed { complain(check.problem?.description ?? "") }
    let report = try ModelReport(source, processor: model.threads.processor())
    var bytes = ByteOutput()
    if output.chosen == .json {
      var object = report.json
      if verify {
        object["verified"] = .bool(failed.isEmpty)
        object["verifiedFiles"] = .array(checks.map { .string($0.file) })
        object["filesWithoutDigest"] = .array(uncovered.map(JSONValue.string))
      }
      try bytes.write(line: JSONValue.object(object).encoded())
    } else {
      try bytes.write(report.text(for: .output))
      for check in checks where check.problem == nil {
        try bytes.write("  \(Terminal.output.styled("✓", .green)) \(visible(check.file))\n")
      }
      if verify, checks.isEmpty { try bytes.write("  The bundle names no files to verify.\n") }
      for file in uncovered { try bytes.write("  No digest: \(visible(file))\n") }
    }
    try bytes.flush()
    if !failed.isEmpty { throw ExitCode(1) }
  }
}
