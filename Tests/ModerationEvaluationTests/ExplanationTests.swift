import JSON
import Moderation
import Testing

@testable import ModerationEvaluation

@Suite("Explaining decisions")
struct ExplanationTests {
  static let frames = [
    "I think my neighbour is a %, honestly", "what a % you are", "Well, % is what he called it.",
    "The weather is nice. You %! See you tomorrow.", "“%”", "so much % in one place 🙂",
    "my café — % — opened\nyesterday", "%", "ok... % ... whatever", "she's the %'s friend?",
  ]
  static let planted = ["trash", "moron", "a$$hat", "scum", "vermin"]

  @Test func `the planted word is marked in at least 95 % of harmless frames`() throws {
    var weights: [String: Double] = ["honestly": 0.4, "weather": -0.5, "friend": -0.8, "nice": -1]
    for word in Self.planted { weights[word] = 6 }
    let model = WordModel(weights: weights)
    var marked = 0
    var total = 0
    for frame in Self.frames {
      for word in Self.planted {
        let text = frame.split(separator: "%", omittingEmptySubsequences: false)
          .joined(separator: word)
        let label = try #require(try Explainer(model).explain(Message(text)).labels.first)
        total += 1
        marked += label.carriers.first?.span.text.contains(word) == true ? 1 : 0
      }
    }
    #expect(Double(marked) >= 0.95 * Double(total), "\(marked) of \(total)")
  }

  @Test
  func `the default moderator's alarms are laid at the planted word in at least 95 % of frames`()
    throws
  {
    let explainer = Explainer(try Moderator.default)
    var (marked, fired) = (0, 0)
    for frame in Self.frames {
      for word in ["bitch", "asshole", "fucking", "shit", "whore"] {
        let text = frame.split(separator: "%", omittingEmptySubsequences: false)
          .joined(separator: word)
        for label in try explainer.explain(Message(text)).labels where label.isFlagged {
          fired += 1
          marked += label.carriers.first?.span.text.contains(word) == true ? 1 : 0
        }
      }
    }
    #expect(fired >= 50)
    #expect(Double(marked) >= 0.95 * Double(fired), "\(marked) of \(fired)")
  }

  @Test func `effects are the exact differences of the scores`() throws {
    let model = WordModel(weights: ["bad": 4, "good": -2])
    let label = try #require(
      try Explainer(model).explain(Message("bad and good. bad!")).labels.first)
    let full = logisticSigmoid(-3 + 4 - 2 + 4)
    #expect(label.words.map(\.span.text) == ["bad", "and", "good", "bad"])
    for (part, sum) in zip(label.words, [-1.0, 3, 5, -1]) {
      #expect(isClose(part.effect, full - logisticSigmoid(sum), within: 1e-6))
      #expect(isClose(part.weight, 3 - sum, within: 1e-5))
    }
    #expect(label.sentences.map(\.span.text) == ["bad and good.", "bad!"])
    #expect(label.carriers.map(\.span.text) == ["bad", "bad"])
  }

  @Test(arguments: [
    "👩‍👩‍👧 she is trash 😀", "cafe\u{301} trash", "trash", "\r\ntrash\r\n", "🇫🇷🇩🇪 «trash» é",
    "日本trash語", "a\u{0301}\u{0302} trash\u{0327}",
  ])
  func `spans are right on emoji and combining marks, in scalars and in UTF-16`(text: String) throws
  {
    let segments = TextSegments(text)
    for span in segments.words + segments.sentences {
      let scalars = Array(text.unicodeScalars)[span.scalars]
      #expect(Array(span.text.unicodeScalars) == Array(scalars))
      #expect(Array(span.text.utf16) == Array(Array(text.utf16)[span.utf16]))
      #expect(Array(span.text.utf8) == Array(Array(text.utf8)[span.utf8]))
    }
    #expect(segments.words.contains { $0.text.unicodeScalars.starts(with: "trash".unicodeScalars) })
  }

  @Test func `scalar and UTF-16 offsets differ after an emoji`() throws {
    let word = try #require(TextSegments("😀 trash").words.last)
    #expect(word.scalars == 2..<7)
    #expect(word.utf16 == 3..<8)
    #expect(word.utf8 == 5..<10)
  }

  @Test func `words: signs at the ends do not belong, those inside do`() {
    let text = "“Don't” you-know (who), a$$hat! :-( 你好😀ok"
    #expect(
      TextSegments(text).words.map(\.text) == [
        "Don't", "you-know", "who", "a$$hat", ":-(", "你", "好", "😀", "ok",
      ])
  }

  @Test func `sentences end at stops before white space, at line ends and at wide stops`() {
    let text = "He said 3.14 is pi. Really?!  Yes\nno stop here 你好。再见"
    #expect(
      TextSegments(text).sentences.map(\.text) == [
        "He said 3.14 is pi.", "Really?!", "Yes", "no stop here 你好。", "再见",
      ])
  }

  @Test func `leaving a word out leaves no double space`() throws {
    let text = "one two, three"
    let rest = TextSegments(text).words.map { Explainer<WordModel>.leavingOut($0, of: text) }
    #expect(rest == ["two, three", "one , three", "one two,"])
  }

  @Test func `long texts are explained in bounded work`() throws {
    let text = Array(repeating: "word", count: 1000).joined(separator: " ") + " trash"
    let explainer = Explainer(WordModel(weights: ["trash": 9]), mostWords: 50)
    let label = try #require(try explainer.explain(Message(text)).labels.first)
    #expect(label.words.count <= 50)
    #expect(label.carriers.first?.span.text.hasSuffix("trash") == true)
    #expect(label.words.last?.span.utf8.upperBound == text.utf8.count)
  }

  @Test
  func
    `an empty text has no parts; unknown labels are an error; nothing fired explains the highest`()
    throws
  {
    let explainer = Explainer(WordModel(weights: [:]))
    #expect(try explainer.explain(Message("")).labels[0].words.isEmpty)
    #expect(try explainer.explain(Message("fine")).labels.map(\.isFlagged) == [false])
    #expect(throws: EvaluationError.unknownLabel("x", known: ["insult"])) {
      try explainer.explain(Message("a"), labels: ["x"])
    }
  }

  @Test func `the coloured line marks carriers and cannot steer the terminal`() throws {
    let explanation = try Explainer(WordModel(weights: ["trash": 9]))
      .explain(Message("my \u{1B}[2J trash\nbin"))
    let line = explanation.colouredLine(label: try #require(explanation.labels.first))
    #expect(line == "my ␛[2J \u{1B}[1;97;41mtrash\u{1B}[0m⏎bin")
  }

  @Test func `JSON carries both kinds of offsets`() throws {
    let explanation = try Explainer(WordModel(weights: ["trash": 9])).explain(Message("😀 trash"))
    let word = try #require(explanation.json["labels"]?[0]?["words"]?[1])
    #expect(try word.int("start") == 2)
    #expect(try word.int("endUTF16") == 8)
    #expect(try word.double("effect") > 0.9)
  }
}
