import Foundation
import JSON
import Moderation
import TestSupport
import Testing

/// The built `moderate`, run as people run it, on small random models.
@Suite(.enabled(if: CommandProcess.path != nil, "moderate is not built"))
struct CommandLineTests {
  static let encoder = Checkout.models.appending(path: "pooling-mean-normalized").path

  private func run(_ arguments: String..., input: String = "") throws -> CommandProcess.Result {
    try CommandProcess.run(arguments, input: input)
  }

  /// A bundle over the small encoder: one label that always fires, one that never does.
  func bundle() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      {"format": 1, "name": "small", "model": {"kind": "encoder", "path": "encoder"},
       "heads": [{"path": "head.txt"}],
       "labels": [{"name": "always", "threshold": 0, "severity": "high",
                   "scores": [{"class": "1"}], "actions": {"author": ["warn"]},
                   "direction": {"from": "author", "to": "others"}},
                  {"name": "never", "threshold": 1, "scores": [{"class": "1"}]}],
       "actions": {"warn": "Warn."}}
      """, to: "moderation.json")
    try folder.copy(URL(filePath: Self.encoder), to: "encoder")
    try folder.write(Self.lightGBM, to: "head.txt")
    return folder
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
    let folder = bundle.path
    let outcome = try run("classify", "--model", folder, input: "the cat\n\nzzz\n")
    #expect(outcome.code == 0, "\(outcome.errors)")
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
    let folder = bundle.path
    let outcome = try run(
      "classify", "--model", folder, "--input", "-", "--input-format", "jsonl",
      input: "{\"text\": \"a\"}\n{oops\n{\"text\": \"\\ud83d\"}\n")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("line 2"))
    let lines = try outcome.lines
    try #require(lines.count == 3)
    #expect(lines[1]["line"] == 2 && lines[1]["error"] != nil)
    #expect(lines[2]["text"] == "\u{FFFD}")
  }

  @Test(arguments: ["jsonl", "csv"])
  func `Classify prints the members asked for, and the id of any field`(format: String) throws {
    let bundle = try bundle()
    func lines(_ options: String...) throws -> CommandProcess.Result {
      let arguments = [
        "classify", "--model", bundle.path, "--input", "-", "--input-format", format,
      ]
      return try CommandProcess.run(
        arguments + options,
        input: format == "csv" ? "key,text\n7,a\n" : #"{"key": "7", "text": "a"}"# + "\n")
    }
    let some = try lines("--id-field", "key", "--fields", "flagged,tokens")
    #expect(some.output == #"{"id":"7","flagged":true,"tokens":3}"# + "\n", "\(some.errors)")
    let all = try lines()
    #expect(try all.lines[0]["id"] == nil)
    guard case .object(let members) = try all.lines[0] else {
      Issue.record("no object: \(all.output)")
      return
    }
    #expect(members.map(\.0).allSatisfy(Verdict.memberNames.contains))
    let misspelt = try lines("--fields", "flagged,label")
    #expect(misspelt.code == 2 && misspelt.errors.contains("--fields label: expected some of text"))
    let absent = try lines("--id-field", "nothing")
    #expect(absent.code == (format == "csv" ? 2 : 0))
  }

  @Test func `A context that the bundle does not know is an error of its line alone`() throws {
    let bundle = try bundle()
    let outcome = try run(
      "classify", "--model", bundle.path, "--input", "-", "--input-format", "jsonl",
      input: "{\"text\": \"a\", \"context\": \"adult\"}\n{\"text\": \"b\"}\n")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("line 1: small has no contexts"))
    let lines = try outcome.lines
    try #require(lines.count == 2)
    #expect(lines[0]["line"] == 1 && lines[0]["error"] != nil)
    #expect(lines[1]["text"] == "b")
    let everywhere = try run("classify", "--model", bundle.path, "--context", "adult", "a", "b")
    #expect(everywhere.code == 2)
    #expect(try everywhere.lines.allSatisfy { $0["error"] != nil })
  }

  @Test(arguments: ["classify", "embed", "tokenize"])
  func `A text with an id beyond the embedding table is an error of its line alone`(
    command: String
  ) throws {
    let bundle = try bundle()
    // "zzz" becomes a token behind the last row of the table.
    let path = "encoder/tokenizer.json"
    let url = bundle.url.appending(path: path)
    guard
      case .object(var tokenizer) = try JSONValue(parsing: [UInt8](Data(contentsOf: url))),
      case .object(var model)? = tokenizer["model"], case .object(var words)? = model["vocab"]
    else { return }
    words["zzz"] = 1000
    model["vocab"] = .object(words)
    tokenizer["model"] = .object(model)
    try bundle.write(JSONValue.object(tokenizer).encoded(), to: path)
    let outcome = try run(command, "--model", bundle.path, "the cat", "a zzz", "a dog")
    let lines = try outcome.lines
    try #require(lines.count == 3)
    // Tokens can be shown without the table.
    let isError = command != "tokenize"
    #expect(outcome.code == (isError ? 2 : 0))
    #expect(lines.map { $0["error"] != nil } == [false, isError, false])
    #expect(outcome.errors.contains("line 2: ") == isError)
  }

  @Test func `A model that writes text is refused as one`() throws {
    let name = "transformers/published/Qwen--Qwen3Guard-Gen-0.6B"
    let outcome = try run("classify", "--model", Checkout.fixtures(name).path, "a")
    #expect(outcome.code != 0)
    #expect(outcome.errors.contains("Qwen3ForCausalLM writes its answer as text"))
  }

  @Test func `A prompt that the model does not have is an error before any text`() throws {
    let outcome = try run("embed", "--model", Self.encoder, "--prompt-name", "nothing", "a", "b")
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("no prompt named nothing"))
  }

  @Test func `Tables and graphs are there when asked for`() throws {
    let bundle = try bundle()
    let folder = bundle.path
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
    let head = bundle.path(of: "head.txt")
    let scored = try run("score", "--head", head, input: embedded.output)
    #expect(scored.code == 0, "\(scored.errors)")
    try #require(try scored.lines.count == 2)
    let folder = bundle.path
    let verdict = try run("classify", "--model", folder, "the cat sat")
    #expect(
      try scored.lines[0].value("scores").float("1")
        == verdict.lines[0].value("labels").value("always").float("score"))
  }

  @Test func `Tokenize needs no weights`() throws {
    let folder = try TemporaryFolder()
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
      try folder.copy(URL(filePath: Self.encoder).appending(path: name), to: name)
    }
    let outcome = try run("tokenize", "--model", folder.path, "The cat")
    #expect(
      outcome.output
        == #"{"ids":[2,11,13,3],"tokens":["[CLS]","the","cat","[SEP]"],"truncated":false}"#
        + "\n")
  }

  @Test func `Inspect names the kernels and checks files`() throws {
    let bundle = try bundle()
    let report = try run("inspect", "--model", bundle.path)
    #expect(report.code == 0, "\(report.errors)")
    #expect(try report.lines[0]["machine"]?["OpenBLAS core"] != nil)
    let source = try ModelSource(contentsOf: bundle.url)
    #expect(try report.lines[0]["moderator"]?["digest"] == .string(source.digest()))
    let text = try String(
      contentsOf: bundle.url.appending(path: "moderation.json"), encoding: .utf8)
    let digest = String(repeating: "0", count: 64)
    try bundle.write(
      text.replacing(
        #""format": 1,"#, with: #""format": 1, "files": {"head.txt": "\#(digest)"},"#),
      to: "moderation.json")
    let failed = try run("inspect", "--verify", "--model", bundle.path)
    #expect(failed.code == 1)
    #expect(failed.errors.contains("head.txt"))
  }

  @Test func `The version is the library's`() throws {
    #expect(try run("--version").output == Moderator.version + "\n")
  }

  @Test(arguments: [
    ["classify", "--model", "/nowhere", "a"], ["classify", "--model", "owner/absent", "a"],
    ["classify", "--nonsense"], ["nonsense"], ["score", "--head", "/nowhere"],
    ["classify", "--threads", "0", "a"], ["classify", "--precision", "bfloat16", "a"],
    ["evaluate", "--test", "t.jsonl", "--label", "a=x", "--label", "a=y"],
    ["evaluate", "--test", "t.jsonl", "--gate-label", "a=1", "--gate-label", "a=0"],
    ["embed", "--model", "/nowhere", "--input", "/none"],
  ])
  func `Wrong usage and bad input end with 2 and a message`(arguments: [String]) throws {
    let outcome = try CommandProcess.run(arguments)
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("moderate: "))
    if arguments.contains("owner/absent") {
      #expect(outcome.errors.contains("hf download owner/absent"))
    }
  }
}
