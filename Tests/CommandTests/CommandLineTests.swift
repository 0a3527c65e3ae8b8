import Foundation
import JSON
import Testing

/// The built `moderate`, run as people run it, on small random models.
@Suite struct CommandLineTests {
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let models = package.appending(path: "Tests/Fixtures/transformers/models")
  static let encoder = models.appending(path: "pooling-mean-normalized").path

  struct Outcome {
    var output: String
    var complaints: String
    var code: Int32
    var lines: [JSONValue] {
      get throws {
        try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      }
    }
  }

  /// SwiftPM builds the executable beside the tests that depend on it.
  private static var executable: URL {
    let arguments = CommandLine.arguments.map { URL(filePath: $0) }
    let folders = [Bundle.main.bundleURL] + arguments.map { $0.deletingLastPathComponent() }
    let candidates = folders.flatMap { folder in
      [folder, folder.deletingLastPathComponent()].map { $0.appending(path: "moderate") }
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
      ?? package.appending(path: ".build/debug/moderate")
  }

  private func run(_ arguments: String..., input: String = "") throws -> Outcome {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    let source = try TemporaryFile(input)
    let output = try TemporaryFile("")
    let complaints = try TemporaryFile("")
    process.standardInput = try FileHandle(forReadingFrom: source.url)
    process.standardOutput = try FileHandle(forWritingTo: output.url)
    process.standardError = try FileHandle(forWritingTo: complaints.url)
    try process.runToEnd()
    return Outcome(
      output: try String(contentsOf: output.url, encoding: .utf8),
      complaints: try String(contentsOf: complaints.url, encoding: .utf8),
      code: process.terminationStatus)
  }

  /// A bundle over the small encoder: one label that always fires, one that never does.
  private func bundle() throws -> TemporaryFile {
    let file = try TemporaryFile(
      """
      {"format": 1, "name": "small", "model": {"kind": "encoder", "path": "encoder"},
       "heads": [{"path": "head.txt"}],
       "labels": [{"name": "always", "threshold": 0, "severity": "high",
                   "scores": [{"class": "1"}], "actions": {"author": ["warn"]},
                   "direction": {"from": "author", "to": "others"}},
                  {"name": "never", "threshold": 1, "scores": [{"class": "1"}]}],
       "actions": {"warn": "Warn."}}
      """, name: "moderation.json")
    let folder = file.url.deletingLastPathComponent()
    try FileManager.default.copyItem(
      atPath: Self.encoder, toPath: folder.appending(path: "encoder").path)
    try Data(Self.lightGBM.utf8).write(to: folder.appending(path: "head.txt"))
    return file
  }

  /// One tree with one split on the first number of an embedding of eight.
  static let lightGBM = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=7
    objective=binary sigmoid:1
    feature_names=f0 f1 f2 f3 f4 f5 f6 f7
    feature_infos=[-1:1] [-1:1] [-1:1] [-1:1] [-1:1] [-1:1] [-1:1] [-1:1]
    tree_sizes=245

    Tree=0
    num_leaves=2
    num_cat=0
    split_feature=0
    split_gain=1
    threshold=0
    decision_type=2
    left_child=-1
    right_child=-2
    leaf_value=-0.5 0.5
    leaf_weight=1 1
    leaf_count=1 1
    internal_value=0
    internal_weight=0
    internal_count=2
    is_linear=0
    shrinkage=1


    end of trees

    """

  @Test func `Classify gives one line of JSON for each line, in order`() throws {
    let bundle = try bundle()
    let folder = bundle.url.deletingLastPathComponent().path
    let outcome = try run("classify", "--model", folder, input: "the cat\n\nzzz\n")
    #expect(outcome.code == 0, "\(outcome.complaints)")
    let lines = try outcome.lines
    #expect(lines.map { $0["text"] } == ["the cat", "", "zzz"])
    for line in lines {
      #expect(line["flagged"] == true)
      #expect(line["labels"]?["always"]?["severity"] == "high")
      #expect(line["labels"]?["never"]?["flagged"] == false)
      #expect(line["actions"]?["author"] == ["warn"])
      #expect(line["truncated"] == false)
    }
  }

  @Test func `A bad line is reported, answered in its place, and loses no other`() throws {
    let bundle = try bundle()
    let folder = bundle.url.deletingLastPathComponent().path
    let outcome = try run(
      "classify", "--model", folder, "--input", "-", "--input-format", "jsonl",
      input: "{\"text\": \"a\"}\n{oops\n{\"text\": \"\\ud83d\"}\n")
    #expect(outcome.code == 2)
    #expect(outcome.complaints.contains("line 2"))
    let lines = try outcome.lines
    try #require(lines.count == 3)
    #expect(lines[1]["line"] == 2 && lines[1]["error"] != nil)
    #expect(lines[2]["text"] == "\u{FFFD}")
  }

  @Test func `Tables and graphs are there when asked for`() throws {
    let bundle = try bundle()
    let folder = bundle.url.deletingLastPathComponent().path
    let table = try run("classify", "--model", folder, "--format", "table", "the cat")
    #expect(table.output.contains("author → others") && table.output.contains("Warn."))
    #expect(!table.output.contains("\u{1B}"))
    let dot = try run("classify", "--model", folder, "--format", "dot", "the cat")
    #expect(dot.output.contains("author_1 -> others_1"))
  }

  @Test func `What embed prints, score reads`() throws {
    let embedded = try run("embed", "--model", Self.encoder, "the cat sat", "zzz")
    #expect(embedded.code == 0)
    let bundle = try bundle()
    let head = bundle.url.deletingLastPathComponent().appending(path: "head.txt").path
    let scored = try run("score", "--head", head, input: embedded.output)
    #expect(scored.code == 0, "\(scored.complaints)")
    try #require(try scored.lines.count == 2)
    let folder = bundle.url.deletingLastPathComponent().path
    let verdict = try run("classify", "--model", folder, "the cat sat")
    #expect(
      try scored.lines[0].float("scores", "1")
        == verdict.lines[0].value("labels", "always").float("score"))
  }

  @Test func `Tokenize needs no weights`() throws {
    let folder = try TemporaryFile("")
    let url = folder.url.deletingLastPathComponent()
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(
        atPath: Self.encoder + "/" + name, toPath: url.appending(path: name).path)
    }
    let outcome = try run("tokenize", "--model", url.path, "The cat")
    #expect(
      outcome.output
        == #"{"ids":[2,11,13,3],"tokens":["[CLS]","the","cat","[SEP]"],"truncated":false}"#
        + "\n")
  }

  @Test func `Inspect names the kernels and checks files`() throws {
    let bundle = try bundle()
    let url = bundle.url.deletingLastPathComponent()
    let report = try run("inspect", "--model", url.path)
    #expect(report.code == 0, "\(report.complaints)")
    #expect(try report.lines[0]["machine"]?["OpenBLAS core"] != nil)
    let text = try String(contentsOf: bundle.url, encoding: .utf8)
    let digest = String(repeating: "0", count: 64)
    try Data(
      text.replacing(#""format": 1,"#, with: #""format": 1, "files": {"head.txt": "\#(digest)"},"#)
        .utf8
    )
    .write(to: bundle.url)
    let failed = try run("inspect", "--verify", "--model", url.path)
    #expect(failed.code == 1)
    #expect(failed.complaints.contains("head.txt"))
  }

  @Test(arguments: [
    ["classify", "--model", "/nowhere", "a"], ["classify", "--model", "owner/absent", "a"],
    ["classify", "--nonsense"], ["nonsense"], ["score", "--head", "/nowhere"],
    ["classify", "--threads", "0", "a"], ["embed", "--model", "/nowhere", "--input", "/none"],
  ])
  func `Wrong usage and bad input end with 2 and a message`(arguments: [String]) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    let complaints = try TemporaryFile("")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: complaints.url)
    try process.runToEnd()
    #expect(process.terminationStatus == 2)
    let text = try String(contentsOf: complaints.url, encoding: .utf8)
    #expect(text.hasPrefix("moderate: "))
    if arguments.contains("owner/absent") { #expect(text.contains("hf download owner/absent")) }
  }
}
