import Foundation
import JSON
import TestSupport
import Testing

@testable import Recurrent

/// Parity of text preparation with `Weights/weights/charword/preparation.py`, and of the scores with PyTorch.
@Suite struct PreparationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let prepared: PreparedText
    let scores: [Float]

    var testDescription: String { text.debugDescription }
  }

  static func cases(_ file: String) throws -> [Case] {
    guard case .array(let cases) = try Fixtures.json(file) else { return [] }
    return try cases.map { value in
      let words = try value.array("words").map { word -> PreparedText.Word in
        switch word {
        case .number(let number): .listed(Int32(number.integer ?? -1))
        case .array(let buckets):
          .unknown(
            subwords: buckets.map { bucket in
              if case .number(let number) = bucket { Int32(number.integer ?? -1) } else { -1 }
            })
        default: .listed(-1)
        }
      }
      return Case(
        text: try value.string("text"),
        prepared: PreparedText(
          characters: try value.ints("characters").map(Int32.init), words: words,
          isTruncated: try value.bool("isTruncated")),
        scores: try value.doubles("scores").map(Float.init))
    }
  }

  static let folder = Fixtures.folder.appendingPathComponent("small")

  @Test func `Hard texts get the ids that Python gives them`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let cases = try Self.cases("small/cases.json")
    #expect(cases.count > 100)
    for one in cases {
      let prepared = try classifier.prepare(one.text)
      #expect(prepared.characters == one.prepared.characters, "\(one.text.debugDescription)")
      #expect(prepared.words == one.prepared.words, "\(one.text.debugDescription)")
      #expect(prepared.isTruncated == one.prepared.isTruncated)
    }
  }

  @Test func `Hard texts get the scores that PyTorch gives them, within 1e-5`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let (configuration, weights, _) = try CharacterWordClassifier.read(Self.folder)
    let reference = ReferenceNetwork(configuration: configuration, weights: weights)
    for one in try Self.cases("small/cases.json") {
      #expect(largestDifference(try classifier.scores(one.text), one.scores) <= 1e-5)
      #expect(largestDifference(reference.scores(one.prepared), one.scores) <= 1e-5)
    }
  }

  @Test(arguments: [
    ("he11o", "hello"), ("1ove|y", "lovely"), ("(0ff33", "coffee"), ("8an4n@", "banana"),
    ("p*t#to", "potato"), ("pot-to", "potato"), ("🅱🅰🅽🅰🅽🅰", "banana"), ("ⓗⓔⓛⓛⓞ", "hello"),
    ("𝗉𝗈𝗍𝖺𝗍𝗈", "potato"), ("p o t a t o", "potato"), ("hellllo", "hello"),
  ])
  func `A disguised word is the word that it stands for`(disguised: String, plain: String) throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let expected = try classifier.prepare(plain).words
    #expect(expected.count == 1 && expected != [.unknown(subwords: [])])
    #expect(try classifier.prepare(disguised).words == expected)
  }

  @Test func `An unlisted character has the id of the letter that it looks like`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let plain = try classifier.prepare("tomato").characters
    #expect(!plain.contains(1))
    #expect(try classifier.prepare("ｔｏｍａｔｏ").characters == plain)
    #expect(try classifier.prepare("ⓣ𝐨𝓂🅰𝕥o").characters == plain)
    #expect(try classifier.prepare("世").characters.contains(1))
  }

  @Test func `A flag is no word`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    #expect(try classifier.prepare("🇫🇷").words.isEmpty)
  }

  @Test func `A batch gives each text the same bits as alone, from many tasks at once`()
    async throws
  {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let texts = try Self.cases("small/cases.json").map(\.text)
    let alone = try texts.map { try classifier.scores($0) }
    try await withThrowingTaskGroup(of: [[Float]].self) { group in
      for _ in 0..<4 { group.addTask { try classifier.scores(texts) } }
      for try await scores in group { #expect(scores == alone) }
    }
  }

  @Test func `Counts go on beyond the maximum, ids do not`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Self.folder)
    let long = try classifier.prepare(String(repeating: "garden ", count: 50))
    #expect(long.isTruncated)
    #expect(long.words.count == 30)
    #expect(long.wordCount == 50)
    #expect(long.characters.count == 120)
  }
}
