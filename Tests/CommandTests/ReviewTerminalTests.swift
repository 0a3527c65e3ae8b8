import Foundation
import JSON
import Testing

/// `moderate review` in a real terminal, by way of tmux.
@Suite(
  "moderate review in a terminal",
  .enabled(if: Tmux.path != nil && CommandProcess.path != nil, "tmux or moderate is missing"),
  .serialized)
struct ReviewTerminalTests {
  private static let texts = [
    "the cat sat", "a lazy dog", "we meet at noon", "on the mat", "brown fox",
  ]

  private static func model() throws -> SmallModel {
    let model = try SmallModel()
    try model.write(
      texts.map { #"{"text": "\#($0)"}"# }.joined(separator: "\n") + "\n", to: "in.jsonl")
    return model
  }

  private static func arguments(_ model: SmallModel) -> [String] {
    [
      "review", "--model", model.folder.path, "--input", model.file("in.jsonl"), "--output",
      model.file("out.jsonl"), "--select", "all",
    ]
  }

  private static func answers(_ model: SmallModel) throws -> [JSONValue] {
    try String(contentsOfFile: model.file("out.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test func `correct, skip, quit, resume`() throws {
    let model = try Self.model()
    let terminal = try Tmux()
    try terminal.start(Self.arguments(model))
    try terminal.waitFor("1 of 5")
    try terminal.waitFor("the cat sat")
    // Turn label a over: a correction; it is on the disk when the next message is shown.
    try terminal.press("1")
    try terminal.waitFor("corrected")
    try terminal.press("Enter")
    try terminal.waitFor("2 of 5")
    #expect(try Self.answers(model).count == 1)
    try terminal.press("s")
    try terminal.waitFor("3 of 5")
    try terminal.press("Enter")
    try terminal.waitFor("4 of 5")
    try terminal.press("q")
    try terminal.waitFor("1 corrected, 1 confirmed, 1 skipped, 2 left")

    let first = try Self.answers(model)
    #expect(try first.map { try $0.string("text") } == Array(Self.texts.prefix(3)))
    #expect(
      try first.map { try $0.value("metadata").string("review") } == [
        "corrected", "skipped", "confirmed",
      ])
    #expect(try first[0].object("labels").count == 3)
    #expect(try first[1].object("labels").isEmpty)

    try terminal.start(Self.arguments(model))
    try terminal.waitFor("1 of 2")
    try terminal.waitFor("on the mat")
    try terminal.press("n", "Enter")
    try terminal.waitFor("2 of 2")
    try terminal.press("Enter")
    try terminal.waitFor("0 left")
    let all = try Self.answers(model)
    #expect(try all.map { try $0.string("text") } == Self.texts)
    #expect(try ["a", "b", "c"].map { try all[3].value("labels").int($0) } == [0, 0, 0])
  }

  @Test func `killed in the middle, nothing is lost and a torn line does no harm`() throws {
    let model = try Self.model()
    let terminal = try Tmux()
    try terminal.start(Self.arguments(model))
    try terminal.waitFor("1 of 5")
    try terminal.press("Enter")
    try terminal.waitFor("2 of 5")
    try terminal.kill(model.file("out.jsonl"))
    #expect(try Self.answers(model).count == 1)
    // As a crash of the machine would leave it.
    let handle = try FileHandle(forWritingTo: URL(filePath: model.file("out.jsonl")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"text": "a lazy d"#.utf8))
    try handle.close()

    let second = try Tmux()
    try second.start(Self.arguments(model))
    try second.waitFor("1 of 4")
    try second.waitFor("a lazy dog")
    try second.press("Enter")
    try second.waitFor("2 of 4")
    // Control-C ends in order and gives the terminal back.
    try second.press("C-c")
    try second.waitFor("3 left")
    #expect(try Self.answers(model).map { try $0.string("text") } == Array(Self.texts.prefix(2)))
  }
}

/// A terminal of 100 × 30 that a test types into and reads from.
final class Tmux {
  static let path: String? = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let socket = "review-\(UUID().uuidString.prefix(8))"

  init() throws {
    // A shell of its own, so that the terminal outlives the command.
    try command(["-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "100", "-y", "30", "sh"])
  }

  // Not kill-server: a child of a test has the signals blocked that would end it.
  deinit {
    _ = try? CommandProcess.run("/usr/bin/env", ["pkill", "-9", "-f", "tmux -L \(socket)"])
  }

  func start(_ arguments: [String]) throws {
    guard let path = CommandProcess.path else { throw CommandProcess.Missing() }
    let line = ([path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    try command(["send-keys", "-t", "t", "clear; \(line)", "Enter"])
  }

  func press(_ keys: String...) throws {
    for key in keys { try command(["send-keys", "-t", "t", key]) }
  }

  /// Ends whatever names this file among its arguments, without a chance to tidy up.
  func kill(_ file: String) throws {
    _ = try CommandProcess.run("/usr/bin/env", ["pkill", "-9", "-f", "moderate review.*\(file)"])
    Thread.sleep(forTimeInterval: 0.5)
  }

  /// Waits until a text is on the screen.
  func waitFor(_ text: String) throws {
    var screen = ""
    for _ in 0..<300 {
      screen = try command(["capture-pane", "-p", "-t", "t"])
      if screen.contains(text) { return }
      Thread.sleep(forTimeInterval: 0.1)
    }
    throw Failure(description: "\"\(text)\" is not on the screen:\n\(screen)")
  }

  @discardableResult
  private func command(_ arguments: [String]) throws -> String {
    guard let path = Self.path else { throw Failure(description: "no tmux") }
    // The server that tmux leaves running must not inherit what Foundation watches a child's end
    // by: it would never end.
    let script =
      #"for fd in /proc/self/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done; exec "$0" "$@""#
    return try CommandProcess.run("/bin/bash", ["-c", script, path, "-L", socket] + arguments)
      .output
  }
}
