import Foundation
import JSON
import Moderation
import ModerationEvaluation
import Testing

@Suite(
  "moderate evaluate, perturb and explain",
  .enabled(if: CommandProcess.path != nil, "moderate is not built"))
struct EvaluateCommandTests {
  static let data = (0..<60).map { index in
    let words = ["the cat", "a lazy dog!", "we meet at noon", "a brown fox and the quick fox"]
    return #"{"text": "\#(words[index % 4]) \#(index)", "labels": {"a": \#(index % 2), "#
      + #""b": \#(index % 3 == 0 ? 1 : 0)}, "metadata": {"lang": "\#(index % 5 == 0 ? "fr" : "en")"}}"#
  }.joined(separator: "\n")

  @Test func `a run in a pipe is JSON; a gate that fails gives exit code 1 and a list`()
    throws
  {
    let model = try SmallModel()
    try model.write(Self.data + "\nnonsense\n", to: "t.jsonl")
    let arguments = [
      "evaluate", "--model", model.folder.path, "--test", model.file("t.jsonl"), "--slice", "lang",
      "--resamples", "20", "--save", model.file("run.json"), "--report", model.file("r.html"),
      "--report", model.file("r.md"),
    ]
    let passed = try CommandProcess.run(arguments)
    #expect(passed.code == 0)
    let json = try JSONValue(parsing: passed.output)
    #expect(try json.int("rows") == 60)
    #expect(try json.array("labels").map { try $0.string("name") } == ["a", "b"])
    #expect(passed.errors.contains("t.jsonl: 1 lines could not be used: line 61: column 1"))
    #expect(passed.errors.contains("labels without an annotated row: c"))
    #expect(try Data(contentsOf: model.folder.appending(path: "r.html")).count > 20_000)
    #expect(try Data(contentsOf: model.folder.appending(path: "r.md")).count > 500)

    let failed = try CommandProcess.run(arguments + ["--gate", "0.999"])
    #expect(failed.code == 1)
    #expect(failed.errors.contains("gate: a: F1 "))
    #expect(failed.errors.contains("is below the bar of 0.999"))
    let baseline = try CommandProcess.run(
      arguments.filter { $0 != "--save" && $0 != model.file("run.json") }
        + ["--baseline", model.file("run.json")])
    #expect(baseline.code == 0)
    let table = try CommandProcess.run(arguments + ["--format", "table", "--gate", "0.999"])
    #expect(table.code == 1)
    #expect(table.output.contains("macro mean"))
    #expect(table.output.contains("The gate is not passed:"))
  }

  @Test func `tuned thresholds are written into moderation.json, and only there when asked`() throws
  {
    let model = try SmallModel()
    try model.write(Self.data, to: "t.jsonl")
    try model.write(Self.data, to: "v.jsonl")
    let arguments = [
      "evaluate", "--model", model.folder.path, "--test", model.file("t.jsonl"), "--tune",
      model.file("v.jsonl"), "--resamples", "0",
    ]
    #expect(try CommandProcess.run(arguments).code == 0)
    #expect(!FileManager.default.fileExists(atPath: model.file("moderation.json")))
    let tuned = try CommandProcess.run(arguments + ["--write"])
    #expect(tuned.code == 0, "\(tuned.errors)")
    let bundle = try ModerationBundle(contentsOf: model.folder)
    #expect(bundle.labels.map(\.name) == ["a", "b", "c"])
    #expect(bundle.labels[0].support == .init(positives: 30, negatives: 30, source: "v.jsonl"))
    #expect(bundle.labels[2].support == nil)
    let run = try JSONValue(parsing: tuned.output)
    #expect(
      try run.array("labels")[0].double("threshold") == bundle.labels[0].threshold)
    // The bundle that was written is the one that is read from now on.
    let again = try CommandProcess.run([
      "evaluate", "--model", model.folder.path, "--test", model.file("t.jsonl"), "--resamples", "0",
    ])
    let before = try run.array("labels")[0].double("f1")
    #expect(try JSONValue(parsing: again.output).array("labels")[0].double("f1") == before)
  }

  @Test func `CSV by columns, two models side by side, disguises`() throws {
    let model = try SmallModel()
    try model.write(
      "text,gold,kind\nthe cat sat,hateful,x\n\"a dog, lazy\",fine,y\nwe meet,hateful,x\nat noon,fine,y\n",
      to: "t.csv")
    let result = try CommandProcess.run([
      "evaluate", "--model", model.folder.path, "--model", model.folder.path, "--test",
      model.file("t.csv"), "--label", "flagged=gold:hateful", "--slice", "kind", "--resamples",
      "10",
      "--perturb", "--format", "table", "--report", model.file("r.html"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("flagged"))
    #expect(result.output.contains(" against "))
    let missing = try CommandProcess.run([
      "evaluate", "--model", model.folder.path, "--test", model.file("t.csv"), "--label", "a=none",
    ])
    #expect(missing.code == 2)
    #expect(missing.errors.contains("there is no column \"none\""))
  }

  @Test func `models by precisions over several files, functions with a column a run`()
    throws
  {
    let model = try SmallModel()
    let header = "text,gold,kind\n"
    try model.write(
      header + "the cat sat,hateful,slur_h\na dog,fine,quote_nh\n", to: "english.csv")
    try model.write(
      header + "we meet,hateful,slur_h\nat noon,fine,quote_nh\n", to: "french.csv")
    let arguments = [
      "evaluate", "--model", model.folder.path, "--model", model.folder.path, "--precision",
      "float32", "--precision", "int8", "--test", model.file("english.csv"), "--test",
      model.file("french.csv"), "--label", "b=gold:hateful", "--label", "flagged=gold:hateful",
      "--slice", "file+kind", "--resamples", "10",
    ]
    let table = try CommandProcess.run(
      arguments + [
        "--format", "table", "--report", model.file("r.md"), "--report", model.file("r.html"),
      ])
    #expect(table.code == 0, "\(table.errors)")
    let name = model.folder.lastPathComponent
    for label in ["b", "flagged"] {
      #expect(table.output.contains("\(label): accuracy by file+kind"))
    }
    for row in ["english · slur_h", "english · quote_nh", "french · slur_h", "french · quote_nh"] {
      #expect(table.output.contains(row))
    }
    #expect(table.output.contains("\(name) int8 against \(name) float32"))
    #expect(table.output.contains("of 16 decisions flip"))
    let report = String(
      decoding: try Data(contentsOf: URL(filePath: model.file("r.md"))), as: UTF8.self)
    #expect(report.contains("## By file+kind, flagged: accuracy"))
    let page = String(
      decoding: try Data(contentsOf: URL(filePath: model.file("r.html"))), as: UTF8.self)
    #expect(page.contains("· line 2 of ") || page.contains("· line 3 of "))
    #expect(page.contains("<h2>Runs</h2>"))
    let lines = try CommandProcess.run(arguments).output.split(separator: "\n")
    let precisions = try lines.map { try JSONValue(parsing: String($0)).string("precision") }
    #expect(precisions == ["float32", "int8", "float32", "int8"])
  }

  @Test(arguments: [
    (["--goal", "best"], "--goal best: expected"),
    (["--label", "=x"], "--label =x: expected"),
    (["--report", "r.pdf"], "expected a name that ends in .html or .md"),
    (["--gate-label", "a"], "--gate-label a: expected"),
    (["--write"], "--write and --calibrate need --tune"),
  ])
  func `wrong usage is exit code 2 with a reason`(arguments: [String], reason: String) throws {
    let result = try CommandProcess.run(["evaluate", "--test", "t.jsonl"] + arguments)
    #expect(result.code == 2)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  @Test func `perturb keeps the fields of labelled lines`() throws {
    let model = try SmallModel()
    try model.write(#"{"text": "some words here", "labels": {"a": 1}}"# + "\n", to: "t.jsonl")
    let result = try CommandProcess.run([
      "perturb", "--input", model.file("t.jsonl"), "--disguise", "case", "--strength", "1",
      "--strength", "3",
    ])
    #expect(result.code == 0)
    let lines = try result.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.count == 2)
    for line in lines {
      #expect(try line.value("labels").int("a") == 1)
      #expect(try line.string("text").lowercased() == "some words here")
      #expect(try line.string("text") != "some words here")
      #expect(try line.string("original") == "some words here")
    }
  }

  @Test func `explain gives spans whose text stands at their offsets`() throws {
    let model = try SmallModel()
    let text = "😀 the quick fox. A lazy dog!"
    let result = try CommandProcess.run([
      "explain", "--model", model.folder.path, "--label", "b", text,
    ])
    #expect(result.code == 0, "\(result.errors)")
    let label = try #require(try JSONValue(parsing: result.output).array("labels").first)
    for kind in ["words", "sentences"] {
      for span in try label.array(kind) {
        let range = try span.int("startUTF16")..<span.int("endUTF16")
        let part = String(decoding: Array(text.utf16)[range], as: UTF16.self)
        #expect(try part == span.string("text"))
      }
    }
    let unknown = try CommandProcess.run([
      "explain", "--model", model.folder.path, "--label", "none", text,
    ])
    #expect(unknown.code == 2)
    #expect(unknown.errors.contains("there is no label \"none\"; the labels are a, b, c"))
  }
}
