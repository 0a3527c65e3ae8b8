import Foundation
import JSON
import Moderation
import TestSupport
import Testing

/// Texts as attacks on whoever reads the output: in no format do they steer a terminal, turn the direction
/// of writing or end a line.
@Suite(.enabled(if: CommandProcess.path != nil, "moderate is not built"))
struct HostileTextTests {
  static let hostile =
    "a\u{1B}[2J\u{1B}]0;title\u{7}\u{202E}b\u{2066}\u{200F}\0c\u{2028}d\u{85}e\u{9B}1m\u{7F}\r\nf "
    + "<script>window.ran=1</script> | `\"\\n"

  /// The bytes of a terminal's commands, of other lines and of marks of direction.
  private func offences(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x0A: false
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E,
        0x2066...0x2069:
        true
      default: false
      }
    }
  }

  /// A false alarm, which every report shows.
  private var line: String {
    let object: JSONValue = ["text": .string(Self.hostile), "labels": ["always": 0]]
    return String(decoding: object.encoded(), as: UTF8.self)
  }

  @Test(arguments: ["table", "dot"])
  func `A table and a graph show the text on one line and obey nothing in it`(_ format: String)
    throws
  {
    let bundle = try CommandLineTests().bundle()
    let input = try TemporaryFolder()
    try input.write(line + "\n{\"text\": \"plain\"}\n", to: "texts.jsonl")
    let file = input.path(of: "texts.jsonl")
    let mine = try CommandProcess.run(
      ["classify", "--model", bundle.path, "--format", format, "--input", file])
    #expect(mine.code == 0, "\(mine.errors)")
    #expect(offences(in: mine.output) == [])
    #expect(mine.output.contains("␛[2J"))
    try input.write("{\"text\": \"abc\"}\n{\"text\": \"plain\"}\n", to: "texts.jsonl")
    let plain = try CommandProcess.run(
      ["classify", "--model", bundle.path, "--format", format, "--input", file])
    #expect(mine.output.split(separator: "\n").count == plain.output.split(separator: "\n").count)
  }

  @Test func `A line of JSON stays one line, and gives the text back as it came`() throws {
    let bundle = try CommandLineTests().bundle()
    let mine = try CommandProcess.run(
      ["classify", "--model", bundle.path, "--format", "json"], input: Self.hostile)
    // Two lines: the text has one line break that plain input obeys.
    let lines = try mine.lines
    #expect(lines.count == 2)
    #expect(offences(in: mine.output).allSatisfy { (0x200E...0x2069).contains($0.value) })
    #expect(!mine.output.contains("\u{2028}"))
    #expect(try lines[0].string("text") == String(Self.hostile.split(separator: "\r\n")[0]))
  }

  @Test func `Errors quote what they name without obeying it`() throws {
    let bundle = try CommandLineTests().bundle()
    let input = try TemporaryFolder()
    let bad: JSONValue = ["text": "a", "context": [.string(Self.hostile)]]
    try input.write(
      String(decoding: bad.encoded(), as: UTF8.self) + "\n{\"te\u{1B}[2Jxt\": 1}\n",
      to: "texts\u{1B}[31m.jsonl")
    let outcome = try CommandProcess.run([
      "classify", "--model", bundle.path, "--input", input.path(of: "texts\u{1B}[31m.jsonl"),
    ])
    #expect(outcome.code == 1 || outcome.code == 2)
    #expect(outcome.errors.contains("line 1") && outcome.errors.contains("line 2"))
    #expect(offences(in: outcome.errors) == [])
  }

  @Test(arguments: ["report.md", "report.html"])
  func `A report shows the text, and no browser or reader of Markdown obeys it`(_ name: String)
    throws
  {
    let bundle = try CommandLineTests().bundle()
    let input = try TemporaryFolder()
    let lines = (0..<20).map { _ in line }.joined(separator: "\n")
    try input.write(lines + "\n", to: "test.jsonl")
    let report = input.path(of: name)
    let outcome = try CommandProcess.run([
      "evaluate", "--model", bundle.path, "--test", input.path(of: "test.jsonl"), "--report",
      report,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(offences(in: outcome.output) == [])
    let text = try String(contentsOfFile: report, encoding: .utf8)
    #expect(offences(in: text) == [])
    if name.hasSuffix(".md") {
      #expect(text.contains("window.ran"))
    } else {
      #expect(!text.contains("<script>window"))
      #expect(text.contains("&lt;script&gt;window"))
    }
  }

  @Test func `Bytes that are no UTF-8 are their line's error, or U+FFFD, and lose no other line`()
    throws
  {
    let bundle = try CommandLineTests().bundle()
    let input = try TemporaryFolder()
    let bytes =
      Array("{\"text\": \"a".utf8) + [0xFF, 0xC0, 0x80] + Array("\"}\n{\"text\": \"b\"}\n".utf8)
    try Data(bytes).write(to: input.url.appending(path: "texts.jsonl"))
    let outcome = try CommandProcess.run([
      "classify", "--model", bundle.path, "--input", input.path(of: "texts.jsonl"),
    ])
    let lines = try outcome.lines
    #expect(lines.count == 2)
    #expect(lines.last?["text"] == "b")
    #expect(outcome.errors.contains("line 1") || lines[0]["text"] != nil)
  }
}
