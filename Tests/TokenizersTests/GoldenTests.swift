import Foundation
import JSON
import Testing

@testable import Tokenizers

@Suite struct GoldenTests {
  @Test(
    arguments: Fixtures.names("normalizer-") + Fixtures.names("pretokenizer-")
      + Fixtures.names("model-"))
  func `each component gives the reference library's ids and offsets`(name: String) throws {
    let golden = try Fixtures.golden(name)
    let tokenizer = try Fixtures.tokenizer(golden)
    let texts = try Fixtures.texts()
    let results = try golden.array("results")
    try #require(results.count == texts.count)
    for (text, result) in zip(texts, results) {
      try expect(tokenizer.encode(text), result, text)
    }
  }

  @Test func `there are goldens for every kind of component`() {
    #expect(Fixtures.names("normalizer-").count >= 18)
    #expect(Fixtures.names("pretokenizer-").count >= 24)
    #expect(Fixtures.names("model-").count >= 11)
  }

  @Test func `added tokens are found as the reference library finds them`() throws {
    let golden = try Fixtures.golden("added-tokens")
    let tokenizer = try Fixtures.tokenizer(golden)
    for entry in try golden.array("texts") {
      let text = try entry.string("text")
      try expect(tokenizer.encode(text), entry, text)
    }
  }

  @Test(arguments: Fixtures.names("postprocessor-"))
  func `post-processors treat texts and pairs as the reference library does`(
    name: String
  ) throws {
    let golden = try Fixtures.golden(name)
    let tokenizer = try Fixtures.tokenizer(golden)
    for entry in try golden.array("texts") {
      let text = try entry.string("text")
      try expect(tokenizer.encode(text), entry, text)
    }
    for entry in try golden.array("plain") {
      let text = try entry.string("text")
      try expect(tokenizer.encode(text, addingSpecialTokens: false), entry, text)
    }
    for entry in try golden.array("pairs") {
      let text = try entry.string("text")
      let pair = try entry.string("pair")
      try expect(tokenizer.encode(text, pair: pair), entry, text, pair: pair)
    }
  }

  @Test(arguments: Fixtures.names("postprocessor-"))
  func `windows and truncation are the reference library's`(name: String) throws {
    let golden = try Fixtures.golden(name)
    var tokenizer = try Fixtures.tokenizer(golden)
    for entry in try golden.array("windows") {
      tokenizer.truncatesLeft = try entry.string("side") == "left"
      let text = try entry.string("text")
      let size = try entry.int("size")
      let windows = tokenizer.encode(
        windowsOf: text, maximumLength: size, overlap: try entry.int("overlap"))
      let expected = try entry.array("windows")
      #expect(windows.count == expected.count)
      // The reference library forgets the template's type ids in all windows but the first.
      for (index, (window, expected)) in zip(windows, expected).enumerated() {
        try expect(window, expected, text, comparesTypes: index == 0)
      }
      let pair = try entry.string("pair")
      try expect(
        tokenizer.encode(text, pair: pair, maximumLength: size),
        try entry.value("truncatedPair"), text, pair: pair)
      let first = tokenizer.encode(text, maximumLength: size)
      #expect(first.isTruncated)
      #expect(first.untruncatedCount == tokenizer.encode(text).count)
      #expect(first.count == size)
    }
  }

  // The real files are shared data, not part of the project.
  @Test(
    .enabled(if: Fixtures.hasData, "the shared data are absent"), arguments: Fixtures.names("real-")
  )
  func `the real tokenizers, where the shared data are, give the reference library's ids`(
    name: String
  ) throws {
    let folder = Fixtures.data.appending(path: "tokenizers")
    let bert = folder.appending(path: "bert-base-uncased")
    let xlm = folder.appending(path: "xlm-roberta/sentencepiece.bpe.model")
    let tokenizer =
      switch name {
      case "real-bert": try Tokenizer(contentsOf: bert)
      case "real-bert-vocabulary": try Tokenizer(vocabulary: bert.appending(path: "vocab.txt"))
      case "real-mpnet": try Tokenizer(contentsOf: folder.appending(path: "all-mpnet-base-v2"))
      case "real-xlm-roberta": try Tokenizer(sentencePiece: xlm, family: .xlmRoberta)
      case "real-camembert": try Tokenizer(sentencePiece: xlm, family: .camembert)
      default: try Tokenizer(contentsOf: folder.appending(path: "deberta-v3"))
      }
    let results = try Fixtures.golden(name).array("results")
    for (text, result) in zip(try Fixtures.texts(), results) {
      try expect(tokenizer.encode(text), result, text)
    }
  }
}
