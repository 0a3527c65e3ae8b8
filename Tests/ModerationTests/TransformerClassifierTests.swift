import Foundation
import TestSupport
import Testing
import Transformer

@testable import Moderation

@Suite struct TransformerClassifierTests {
  /// 36 tokens: `[CLS]` 2, `[SEP]` 3, `query` 5, `the` 11, `cat` 13, `sat` 15, `on` 16 …
  let classifier: TransformerClassifier

  init() throws {
    let input = try ModelTokenizer(
      contentsOf: Checkout.models.appending(path: "pooling-cls-normalized"))
    classifier = TransformerClassifier(
      heads: [HeadClasses(name: "head", classes: ["longest", "count"])], input: input,
      maximumTokens: 8
    ) { (rows: [TokenSequence]) throws(ModerationError) -> [[Double]] in
      rows.map { [Double($0.ids.max() ?? 0), Double($0.ids.count)] }
    }
  }

  @Test func `A text that fits is one window`() throws {
    let found = try classifier.classify(
      [ModelText(text: "the cat sat"), ModelText(text: "")],
      longTexts: .windows(overlap: nil, combine: .mean))
    #expect(found[0] == Classification(scores: [15, 5], tokenCount: 5, isTruncated: false))
    #expect(found[1].tokenCount == 2)
  }

  @Test func `A text that is too long is cut, and says so`() throws {
    let text = ModelText(text: "the cat sat on the cat the cat the quick")
    let found = try classifier.classify([text], longTexts: .truncate)[0]
    #expect(found == Classification(scores: [16, 8], tokenCount: 12, isTruncated: true))
  }

  @Test(arguments: [(0, 2), (2, 2), (5, 5)])
  func `Windows read all of a text`(overlap: Int, count: Int) throws {
    let text = ModelText(text: "the cat sat on the cat the cat the quick")
    let found = try classifier.classify(
      [text], longTexts: .windows(overlap: overlap, combine: .max))[0]
    #expect(found.windowCount == count)
    #expect(found.scores == [22, 8])
    #expect(!found.isTruncated)
    #expect(found.tokenCount == 12)
  }

  @Test func `A text beyond the most windows is cut, and says so`() throws {
    // Six tokens of content a window.
    let most = LongTextPolicy.maximumWindows
    for (words, isTruncated) in [(6 * most, false), (6 * most + 1, true)] {
      let text = ModelText(text: String(repeating: "the ", count: words))
      let found = try classifier.classify(
        [text], longTexts: .windows(overlap: 0, combine: .max))[0]
      #expect(found.windowCount == most)
      #expect(found.isTruncated == isTruncated)
      #expect(found.tokenCount == words + 2)
    }
  }

  @Test func `Every window begins with the prefix`() {
    let text = ModelText(prefix: "query ", text: "the cat sat on the cat the cat the quick")
    let encoded = classifier.tokens(of: text, .windows(overlap: 1, combine: .max))
    #expect(encoded.windows.count == 3)
    for window in encoded.windows.map(\.ids) {
      #expect(window.prefix(2) == [2, 5])
      #expect(window.last == 3)
      #expect(window.count <= 8)
    }
    // Nothing of the text is lost.
    let first = encoded.windows[0].ids.dropFirst(2).dropLast()
    let last = encoded.windows[2].ids.dropFirst(2).dropLast()
    #expect(first.first == 11 && last.last == 22)
  }

  @Test func `A batch of windows goes back to its texts`() throws {
    let long = ModelText(text: "the cat sat on the cat the cat the quick")
    let texts = [ModelText(text: "cat"), long, ModelText(text: "the"), long]
    let policy = LongTextPolicy.windows(overlap: 2, combine: .max)
    let together = try classifier.classify(texts, longTexts: policy)
    let alone = try texts.map { try classifier.classify([$0], longTexts: policy)[0] }
    #expect(together == alone)
  }

  @Test func `A prompt goes the same way as in an embedding`() throws {
    let encoder = try SentenceEncoder(
      contentsOf: Checkout.models.appending(path: "pooling-prompt-left-out"))
    let prompt = try encoder.input.prompt(named: "query")
    let classifier = TransformerClassifier(
      heads: [HeadClasses(name: "head", classes: ["first"])], input: encoder.input,
      maximumTokens: encoder.input.limit(), prompt: prompt
    ) { (rows: [TokenSequence]) throws(ModerationError) -> [[Double]] in
      do throws(TransformerError) { return try encoder.embed(rows).map { [Double($0[0])] } } catch {
        throw .transformer(error)
      }
    }
    let texts = ["the cat sat", "the dog"]
    let expected = try encoder.embed(texts, prompt: "query").map { [Double($0.vector[0])] }
    let found = try classifier.classify(
      texts.map { ModelText(text: $0) }, longTexts: .truncate)
    #expect(found.map(\.scores) == expected)
  }
}
