import Testing

@testable import Tokenizers

/// The fast ways against the slow ones that follow the reference library step by step.
@Suite struct OracleTests {
  private static let scalars: [Unicode.Scalar] =
    " \t\r\nabAZé\u{301}\u{323}\u{200D}👩\u{FE0F}\u{1100}\u{1161}각中\u{1}\u{AD}İﬁ©\u{600}\u{94D}क™"
    .unicodeScalars + [
      "\u{1E}", "\u{85}", "\u{A0}", "\u{3000}", "\u{FFFD}", "\u{1D165}", "\u{345}",
    ]

  private func text(_ random: inout SplitMix) -> AlignedText {
    var string = String.UnicodeScalarView()
    for _ in 0..<Int(random.next() % 12) + 1 {
      string.append(Self.scalars[Int(random.next() % UInt64(Self.scalars.count))])
    }
    return AlignedText(original: Array(String(string).utf8))
  }

  @Test func `BERT's normaliser in one pass does what its four steps do`() {
    var random = SplitMix(state: 1)
    for round in 0..<4000 {
      let text = text(&random)
      let normalizer = BertNormalizer(
        cleansText: round & 1 == 0, spacesChinese: round & 2 == 0, stripsAccents: round & 4 == 0,
        lowercases: round & 8 == 0)
      let piece = TextPiece(0..<text.count, shift: 0)
      var fast = AlignedText()
      var slow = AlignedText()
      normalizer.normalize(text, piece, into: &fast)
      normalizer.normalizeByStep(text, piece, into: &slow)
      #expect(fast.bytes == slow.bytes)
      #expect(fast.sources == slow.sources)
    }
  }

  @Test func `the charsmap in place does what the edits of each grapheme do`() throws {
    let golden = try Fixtures.golden("normalizer-Precompiled")
    let tokenizer = try Fixtures.tokenizer(golden)
    guard case .precompiled(let charsmap)? = tokenizer.normalizer else {
      Issue.record("not a charsmap")
      return
    }
    var random = SplitMix(state: 2)
    for _ in 0..<4000 {
      let text = text(&random)
      let piece = TextPiece(0..<text.count, shift: 0)
      var fast = AlignedText()
      var slow = AlignedText()
      charsmap.normalize(text, piece, into: &fast)
      charsmap.replaceByEdits(text, piece, into: &slow)
      #expect(fast.bytes == slow.bytes)
      #expect(fast.sources == slow.sources)
    }
  }

  @Test func `WordPiece by trie does what trying every shorter piece does`() throws {
    let golden = try Fixtures.golden("model-WordPiece")
    let tokenizer = try Fixtures.tokenizer(golden)
    guard case .wordPiece(let model) = tokenizer.model else {
      Issue.record("not WordPiece")
      return
    }
    func slow(_ word: String) -> [Int32] {
      let scalars = Array(word.unicodeScalars)
      guard scalars.count <= 20 else { return [model.unknown] }
      var ids: [Int32] = []
      var start = 0
      while start < scalars.count {
        var end = scalars.count
        var found: Int32?
        while end > start, found == nil {
          var view = String.UnicodeScalarView()
          view.append(contentsOf: scalars[start..<end])
          found = model.vocabulary.id(of: (start > 0 ? "##" : "") + String(view))
          if found == nil { end -= 1 }
        }
        guard let found else { return [model.unknown] }
        ids.append(found)
        start = end
      }
      return ids
    }
    var random = SplitMix(state: 3)
    let parts = ["he", "l", "lo", "hello", "w", "o", "r", "ld", "a", "é", "yes", "ter", "day", "#"]
    for _ in 0..<2000 {
      let word = (0..<Int(random.next() % 8) + 1)
        .map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
      var buffer = TokenBuffer()
      let bytes = Array(word.utf8)
      model.tokenize(bytes.span, 0..<bytes.count, into: &buffer)
      #expect(buffer.tokens.map(\.id) == slow(word), "\(word)")
    }
  }

  @Test(arguments: [" ", "a", "ab ", "é", "😀", "\u{301}", "a.b,", "x\n"])
  func `a hundred kilobytes of one thing take no longer than they should`(unit: String) throws {
    let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
    for name in ["model-BPEByteLevel", "model-UnigramBytes", "model-WordPiece", "model-BPE"] {
      let tokenizer = try Fixtures.tokenizer(Fixtures.golden(name))
      let time = ContinuousClock().measure { #expect(tokenizer.encode(text).count >= 0) }
      // Linear work takes a second at most, even unoptimised; anything quadratic takes minutes.
      #expect(time < .seconds(60), "\(name)")
    }
  }

  @Test func `scores are read as the reference library reads them`() {
    for (text, bits) in [
      ("-7.2473015785217285", (-7.247301578521728).bitPattern), ("0.0", 0.0.bitPattern),
      ("-3", (-3.0).bitPattern), ("1e2", 100.0.bitPattern), ("1.5E-3", 0.0015.bitPattern),
      ("123456789012345678901234567890", 123456789012345678901234567890.0.bitPattern),
      ("1e-400", 0.0.bitPattern),
    ] {
      let bytes = Array(text.utf8)
      #expect(Score.read(bytes.span, 0..<bytes.count).bitPattern == bits, "\(text)")
    }
  }
}
