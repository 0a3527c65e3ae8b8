import Foundation
import TestSupport
import Testing
import Tokenizers

@testable import Moderation

@Suite struct TransformerClassifierTests {
  /// 36 tokens: `[CLS]` 2, `[SEP]` 3, `query` 5, `the` 11, `cat` 13, `sat` 15, `on` 16 …
  let classifier: TransformerClassifier

  init() throws {
    let tokenizer = try Tokenizer(
      contentsOf: Checkout.models.appending(path: "pooling-cls-normalized"))
    classifier = TransformerClassifier(
      heads: [HeadClasses(name: "head", classes: ["longest", "count"])], tokenizer: tokenizer,
      maximumTokens: 8
    ) { (rows: [[Int32]]) throws(ModerationError) -> [[Double]] in
      rows.map { [Double($0.max() ?? 0), Double($0.count)] }
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

  @Test func `Every window begins with the prefix`() {
    let text = ModelText(prefix: "query ", text: "the cat sat on the cat the cat the quick")
    let encoded = classifier.tokens(of: text, .windows(overlap: 1, combine: .max))
    #expect(encoded.windows.count == 3)
    for window in encoded.windows {
      #expect(window.prefix(2) == [2, 5])
      #expect(window.last == 3)
      #expect(window.count <= 8)
    }
    // Nothing of the text is lost.
    let first = encoded.windows[0].dropFirst(2).dropLast()
    let last = encoded.windows[2].dropFirst(2).dropLast()
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
}
