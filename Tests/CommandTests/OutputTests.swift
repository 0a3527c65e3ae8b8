import Foundation
import Moderation
import ModerationEvaluation
import TestSupport
import Testing

@testable import moderate

@Suite struct DisplayTextTests {
  @Test(arguments: [
    ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("❤️", 2), ("한", 2),
    ("a\u{200B}b", 2), ("", 0),
  ])
  func `Width is counted in columns`(text: String, width: Int) {
    #expect(DisplayText.width(text) == width)
  }

  @Test func `Texts are cut and padded to columns`() {
    #expect(DisplayText.fitted("abc", 5) == "abc  ")
    #expect(DisplayText.fitted("abc", 5, alignRight: true) == "  abc")
    #expect(DisplayText.fitted("abcdef", 5) == "abcd…")
    #expect(DisplayText.fitted("日本語", 4) == "日… ")
    #expect(DisplayText.truncated("ab", 0) == "")
  }

  @Test func `A message cannot command the terminal`() {
    #expect(
      visible("a\u{1B}[2Jb\r\n\u{202E}c\u{9B}1m")
        == "a␛[2Jb⏎\u{FFFD}c\u{FFFD}1m")
  }

  @Test(arguments: [
    (Float(0.5), 3, "0.500"), (0.9996, 3, "1.000"), (0.9994, 3, "0.999"), (-0.25, 1, "-0.3"),
    (12.345, 2, "12.35"), (0, 2, "0.00"), (.nan, 2, "–"), (7, 0, "7"), (0.05, 2, "0.05"),
  ])
  func `Numbers are rounded to decimals`(number: Float, count: Int, text: String) {
    #expect(fixed(number, count) == text)
  }
}

@Suite struct TableTests {
  @Test func `Columns are as wide as their widest cell`() {
    var table = Table([.init(title: "name"), .init(title: "n", alignRight: true), .init(title: "")])
    table.append(["日本", "1", "x"])
    table.append(["longer", "100", ""])
    let plain = Terminal(isInteractive: false, width: 80, usesColour: false)
    #expect(
      table.rendered(for: plain) == """
        name      n
        日本      1  x
        longer  100

        """)
  }

  @Test func `Styles take no width`() {
    var table = Table([.init(title: ""), .init(title: "")])
    table.append([.init("a", .red), .init("b")])
    table.append(["ccc", "d"])
    let colour = Terminal(isInteractive: true, width: 80, usesColour: true)
    #expect(table.rendered(for: colour) == "\u{1B}[31ma  \u{1B}[0m  b\nccc  d\n")
  }
}

@Suite struct ProgressBarTests {
  let terminal = Terminal(isInteractive: true, width: 80, usesColour: false)

  @Test func `The line tells the share, the rate and the time left`() {
    let bar = ProgressBar("embed", terminal: terminal)
    let line = bar.line(items: 50, progress: .init(done: 25, total: 100), seconds: 10)
    #expect(line.contains("25 %") && line.contains("5.0/s") && line.contains("30 s left"))
    #expect(line.hasPrefix("embed ▕██████ "))
    #expect(DisplayText.width(line) < 80)
  }

  @Test func `Without a total it counts`() {
    let bar = ProgressBar("embed", terminal: terminal)
    #expect(
      bar.line(items: 500, progress: .init(done: 9, total: nil), seconds: 10) == "embed  500  50/s")
  }

  @Test(arguments: [(0.2, "0 s"), (59, "59 s"), (61, "1:01"), (3661, "1:01:01"), (-1, "0 s")])
  func `Durations are short`(seconds: Double, text: String) {
    #expect(ProgressBar.duration(seconds) == text)
  }
}

@Suite struct NumpyFileTests {
  @Test func `A file that nobody finished is none that np.load reads`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "x.npy")
    do {
      let file = try NumpyFile(path: path, columns: 1)
      // More than is held back before it is written.
      for row in 0..<100_000 { try file.append([Float(row)]) }
    }
    let left = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(left.count > 128 && left.prefix(128).allSatisfy { $0 == 0 })

    let file = try NumpyFile(path: path, columns: 2)
    try file.append([1, 2])
    try file.finish()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(whole.count == 128 + 8 && whole.prefix(6) == [0x93] + Array("NUMPY".utf8))
    #expect(String(decoding: whole.prefix(128), as: UTF8.self).contains("'shape': (1, 2)"))
    #expect(whole.suffix(8) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }
}
