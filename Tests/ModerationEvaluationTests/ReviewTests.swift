import JSON
import Testing

@testable import ModerationEvaluation

@Suite("Reviewing verdicts")
struct ReviewTests {
  static func item(_ text: String, _ scores: [Float], truths: [Bool?] = []) -> ReviewItem {
    ReviewItem(
      example: LabelledExample(text: text, labels: [:], metadata: ["source": "test"]),
      labels: scores.enumerated().map { index, score in
        .init(
          name: "label\(index)", score: score, threshold: 0.5,
          truth: truths.indices.contains(index) ? truths[index] : nil)
      })
  }

  static func answer(_ outcome: ReviewSession.Outcome) -> ReviewSession.Answer? {
    if case .answered(let answer) = outcome { answer } else { nil }
  }

  @Test func `correct, confirm, skip, go back, quit`() throws {
    var session = ReviewSession([
      Self.item("a", [0.9, 0.1]), Self.item("b", [0.4, 0.6]), Self.item("c", [0.2, 0.2]),
    ])
    #expect(session.labels == [true, false])
    #expect(session.apply(.toggle(0)) == .stay)
    #expect(session.apply(.toggle(7)) == .stay)
    let corrected = try #require(Self.answer(session.apply(.accept)))
    #expect(corrected.kind == .corrected)
    #expect(corrected.labels == [false, false])
    let confirmed = try #require(Self.answer(session.apply(.accept)))
    #expect(confirmed.kind == .confirmed)
    #expect(session.apply(.back) == .stay)
    #expect(session.current?.example.text == "b")
    #expect(session.apply(.clear) == .stay)
    #expect(Self.answer(session.apply(.accept))?.labels == [false, false])
    let skipped = try #require(Self.answer(session.apply(.skip)))
    #expect(skipped.kind == .skipped)
    #expect(skipped.labels == nil)
    #expect(session.current == nil)
    #expect(session.apply(.accept) == .finished)
    #expect((session.corrected, session.confirmed, session.skipped) == (2, 1, 1))
  }

  @Test func `what annotators said comes before what the model thinks`() {
    let session = ReviewSession([Self.item("a", [0.9, 0.9, 0.1], truths: [false, nil, true])])
    #expect(session.labels == [false, true, true])
  }

  @Test func `answers are annotated examples; a journal of them resumes`() throws {
    var session = ReviewSession([
      Self.item("a \"quoted\"\n", [0.9]), Self.item("b", [0.1]), Self.item("c", [0.3]),
    ])
    var bytes: [UInt8] = []
    for command in [ReviewSession.Command.accept, .skip] {
      let answer = try #require(Self.answer(session.apply(command)))
      bytes += answer.json.encoded() + [UInt8(ascii: "\n")]
    }
    #expect(
      String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        == #"{"text":"a \"quoted\"\n","labels":{"label0":1},"#
        + #""metadata":{"review":"confirmed","source":"test"}}"#)
    let journal = ReviewJournal(bytes)
    #expect(journal.answered.count == 2)
    #expect(journal.skipped.count == 1)
    #expect(journal.wholeLength == bytes.count)
    #expect(!journal.needsLineEnd)
    let resumed = ReviewSession(session.items, answered: journal.answered)
    #expect(resumed.items.map(\.example.text) == ["c"])
    let again = ReviewSession(
      session.items, answered: journal.answered.subtracting(journal.skipped))
    #expect(again.items.map(\.example.text) == ["b", "c"])
  }

  @Test func `a torn last line is cut away, a whole one without its end is kept`() {
    let whole = Array("{\"text\":\"a\"}\n".utf8)
    for torn in ["{\"text\":\"b\"", "{", "\u{FFFD}"] {
      let journal = ReviewJournal(whole + Array(torn.utf8))
      #expect(journal.wholeLength == whole.count)
      #expect(journal.answered.count == 1)
    }
    let journal = ReviewJournal(whole + Array("{\"text\":\"b\"}".utf8))
    #expect(journal.needsLineEnd)
    #expect(journal.answered.count == 2)
    #expect(ReviewJournal([]).wholeLength == 0)
  }

  @Test func `the borderline queue keeps the nearest, the sample any`() {
    var borderline = ReviewQueue(.borderline, limit: 3)
    var sample = ReviewQueue(.sample, limit: 10, seed: 4)
    var all = ReviewQueue(.all, limit: 2)
    for index in 0..<200 {
      let item = Self.item("text \(index)", [Float(index) / 200])
      borderline.add(item)
      sample.add(item)
      all.add(item)
    }
    #expect(borderline.items.map(\.example.text) == ["text 100", "text 99", "text 101"])
    #expect(all.items.map(\.example.text) == ["text 0", "text 1"])
    let rows = sample.items.compactMap { Int($0.example.text.dropFirst(5)) }
    #expect(rows.count == 10)
    #expect(rows == rows.sorted())
    #expect(rows.contains { $0 > 50 })
  }

  @Test func `repeated texts are reviewed once`() {
    let session = ReviewSession([Self.item("a", [0.5]), Self.item("a", [0.5])])
    #expect(session.items.count == 1)
  }

  @Test func `keys`() {
    #expect(ReviewSession.command(for: "1") == .toggle(0))
    #expect(ReviewSession.command(for: "a") == .toggle(9))
    #expect(ReviewSession.command(for: "\r") == .accept)
    #expect(ReviewSession.command(for: "\u{03}") == .quit)
    #expect(ReviewSession.command(for: "?") == nil)
    for key in "nsuq" { #expect(!ReviewSession.labelKeys.contains(key)) }
    #expect(ReviewSession.labelKeys.count >= 18)
  }
}
