import ArgumentParser
import FoundationEssentials
import JSON
import Moderation
import Tensor

/// `moderate inspect`: what a model is, what it runs on, and whether its files are the right ones.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model is and what it runs on.",
    discussion: """
      Prints the model, its shapes, tokenizer, labels, precision and memory, and the kernels that \
      this CPU runs. With --verify the files that the bundle relies on are compared with their \
      SHA-256; the exit code is 1 when one differs.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Compare the bundle's files with the SHA-256 it expects.")
  var verify = false

  func run() throws {
    let folder = try model.folder()
    let report = try ModelReport(folder: folder, threads: model.run.threads)
    let checks = verify ? try report.bundle?.verify(in: folder) ?? [] : []
    let failed = checks.filter { $0.problem != nil }
    var bytes = ByteOutput()
    if output.chosen == .json {
      var object = report.json
      if verify { object["verified"] = .bool(failed.isEmpty) }
      try bytes.write(line: JSONValue.object(object).encoded())
    } else {
      try bytes.write(report.text(for: .output))
      for check in checks where check.problem == nil {
        try bytes.write("  \(Terminal.output.styled("✓", .green)) \(check.file)\n")
      }
      if verify, checks.isEmpty { try bytes.write("  The bundle names no files to verify.\n") }
    }
    try bytes.flush()
    for check in failed { complain(check.problem?.description ?? "") }
    if !failed.isEmpty { throw ExitCode(1) }
  }
}
