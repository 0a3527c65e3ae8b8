import FoundationEssentials
import JSON
import Testing

@testable import Tokenizers

/// Files that are cut, altered or made up give an error that says what is wrong.
@Suite struct RobustnessTests {
  private static func file(
    normalizer: String = "null", preTokenizer: String = "null", postProcessor: String = "null",
    model: String = #"{"type": "WordLevel", "vocab": {"u": 0, "a": 1}, "unk_token": "u"}"#,
    rest: String = ""
  ) -> [UInt8] {
    let text = """
      {"version": "1.0", "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
      "post_processor": \(postProcessor), "model": \(model)\(rest)}
      """
    return Array(text.utf8)
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try Tokenizer(json: bytes)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `the file that the others are variations of loads`() {
    #expect(message(Self.file()) == "no error")
  }

  @Test(arguments: [
    file(normalizer: #"{"type": "NFC", "form": 3}"#),
    file(normalizer: #"{"type": "Sequence", "normalizers": [], "novelty": null}"#),
    file(preTokenizer: #"{"type": "BertPreTokenizer", "novelty": 3}"#),
    file(postProcessor: #"{"type": "BertProcessing", "sep": ["a", 1], "cls": ["a", 1], "n": 3}"#),
    file(
      model: #"{"type": "WordLevel", "vocab": {"u": 0}, "unk_token": "u", "novelty": [1]}"#),
    file(
      rest: #"""
        , "added_tokens": [{"id": 1, "content": "a", "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true, "novelty": 3}]
        """#),
    file(rest: #", "truncation": {"direction": "Right", "novelty": 3}"#),
  ])
  func `unknown fields of a component are passed over, as the reference library does`(
    bytes: [UInt8]
  ) {
    #expect(message(bytes) == "no error")
  }

  @Test(arguments: [
    (#"{"type": "Frobnicate"}"#, #"unknown normalizer "Frobnicate""#),
    (#"{"type": "Strip", "strip_left": true}"#, "normalizer: strip_right is missing"),
    (#"{"type": "Strip", "strip_left": 1, "strip_right": true}"#, "strip_left should be"),
    (
      #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "X"}]}"#,
      #"unknown normalizer.normalizers[1] "X""#
    ),
    (
      #"{"type": "Sequence", "normalizers": [3]}"#, "normalizer.normalizers[0]: should be an object"
    ),
    (#"{"type": "Precompiled", "precompiled_charsmap": "*"}"#, "precompiled_charsmap: not base64"),
    (#"{"type": "Precompiled", "precompiled_charsmap": ""}"#, "0 bytes are too few"),
    (#"{"type": "Precompiled", "precompiled_charsmap": "/////w=="}"#, "takes 4294967295 bytes"),
    (#"{"type": "Precompiled", "precompiled_charsmap": "AAAAAA=="}"#, "takes 0 bytes"),
    (#"{"type": "Precompiled", "precompiled_charsmap": "AwAAAAAAAA=="}"#, "not a number of words"),
    (#"{"type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAD/"}"#, "not valid UTF-8"),
    (#"{"type": "Replace", "pattern": {"Regex": "(?<=a)b"}, "content": ""}"#, "kind of group"),
    (#"{"type": "Replace", "pattern": {"Regex": "(a"}, "content": ""}"#, "an unmatched ("),
    (#"{"type": "Replace", "pattern": {"Regex": "a{2,1}"}, "content": ""}"#, "repetition {2,1}"),
    (#"{"type": "Replace", "pattern": {"Regex": "[b-a]"}, "content": ""}"#, "has no end"),
    (#"{"type": "Replace", "pattern": {"Regex": "\\p{Zork}"}, "content": ""}"#, "property Zork"),
    (#"{"type": "Replace", "pattern": {"String": ""}, "content": ""}"#, "an empty string"),
  ])
  func `a wrong normaliser is named`(normalizer: String, expected: String) {
    let message = message(Self.file(normalizer: normalizer))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    (#"{"type": "UnicodeScripts"}"#, #"unknown pre_tokenizer "UnicodeScripts""#),
    (#"{"type": "Punctuation", "behavior": "Sideways"}"#, #"unknown behaviour "Sideways""#),
    (
      #"{"type": "Metaspace", "replacement": "ab", "prepend_scheme": "always"}"#,
      "should be one character"
    ),
    (#"{"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}"#, "unknown scheme"),
    (#"{"type": "FixedLength", "length": 0}"#, "should be positive"),
  ])
  func `a wrong pre-tokeniser is named`(preTokenizer: String, expected: String) {
    let message = message(Self.file(preTokenizer: preTokenizer))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    (#"{"type": "Quantum", "vocab": {}}"#, #"unknown model "Quantum""#),
    (#"{"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "u"}"#, "not in the vocabulary"),
    (#"{"type": "WordLevel", "vocab": {"a": 0, "u": 0}, "unk_token": "u"}"#, "share the id 0"),
    (#"{"type": "WordLevel", "vocab": {"u": -1}, "unk_token": "u"}"#, "does not fit into token id"),
    (#"{"type": "WordLevel", "vocab": {"u": 4000000000}, "unk_token": "u"}"#, "does not fit"),
    (#"{"type": "WordLevel", "vocab": {"u": 2000000000}, "unk_token": "u"}"#, "id 2000000000 in"),
    (#"{"type": "WordLevel", "vocab": {"u": 1.5}, "unk_token": "u"}"#, "1.5"),
    (#"{"type": "WordLevel", "vocab": [["u", 0]], "unk_token": "u"}"#, "should be an object"),
    (#"{"type": "Unigram", "vocab": [["a", 0.0]], "unk_id": null}"#, "has no unknown token"),
    (#"{"type": "Unigram", "vocab": [["a", 0.0]], "unk_id": 1}"#, "1 in a vocabulary of 1"),
    (#"{"type": "Unigram", "vocab": [["a"]], "unk_id": 0}"#, "a piece and its score"),
    (#"{"type": "Unigram", "vocab": [["a", 0.0, 1]], "unk_id": 0}"#, "a piece and its score"),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}"#, #""b" is not in the vocabulary"#),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}"#, "1 parts"),
    (#"{"type": "BPE", "vocab": {"a": 0}}"#, "merges is missing"),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "u"}"#, "\"u\" is not in"),
    (#"{"type": "WordPiece", "vocab": {"u": 0}, "unk_token": "u"}"#, "is missing"),
  ])
  func `a wrong model is named`(model: String, expected: String) {
    let message = message(Self.file(model: model))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    (#"{"type": "BertProcessing", "sep": ["s"], "cls": ["c", 1]}"#, "sep[1]: should be a token id"),
    (
      #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}], "pair": [], "special_tokens": {}}"#,
      "[X] is missing"
    ),
    (
      #"{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B", "type_id": 0}}], "pair": [], "special_tokens": {}}"#,
      "there is no second text"
    ),
  ])
  func `a wrong post-processor is named`(postProcessor: String, expected: String) {
    let message = message(Self.file(postProcessor: postProcessor))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    (#", "added_tokens": 3"#, "added_tokens: should be a list"),
    (#", "added_tokens": [{"id": 3}]"#, "content is missing"),
    (#", "novelty": {}"#, #"unknown option "novelty""#),
    (#", "version": "2.0""#, "repeated"),
  ])
  func `a wrong rest of the file is named`(rest: String, expected: String) {
    let message = message(Self.file(rest: rest))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: ["model-WordPiece", "model-UnigramBytes", "model-BPEByteLevel", "added-tokens"])
  func `a tokenizer.json that is cut anywhere is an error`(name: String) throws {
    let bytes = try Fixtures.golden(name).value("tokenizer").encoded()
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
      #expect(throws: TokenizerError.self) { try Tokenizer(json: Array(bytes[..<length])) }
    }
  }

  @Test(arguments: ["normalizer-Precompiled", "model-UnigramBytes", "postprocessor-Sequence"])
  func `a tokenizer.json with altered bytes never traps`(name: String) throws {
    let bytes = try Fixtures.golden(name).value("tokenizer").encoded()
    var random = SplitMix(state: 7)
    for _ in 0..<200 {
      var altered = bytes
      for _ in 0..<3 {
        altered[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if let tokenizer = try? Tokenizer(json: altered) {
        _ = tokenizer.encode("Hé l\u{301}lo ªb ™")
      }
    }
  }

  @Test func `nested beyond reason is an error`() {
    let open = #"{"type":"Sequence","normalizers":["#
    let deep = String(repeating: open, count: 5000)
    #expect(message(Self.file(normalizer: deep)).contains("nested deeper"))
  }

  @Test func `a pattern that backtracks without end gives up what failed before`() throws {
    let bytes = Self.file(
      normalizer: #"{"type":"Replace","pattern":{"Regex":"(a|a)*(a|aa)+b"},"content":""}"#)
    let tokenizer = try Tokenizer(json: bytes)
    let text = String(repeating: "a", count: 300)
    #expect(tokenizer.encode(text).ids == [0])
  }

  // MARK: SentencePiece

  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(content.count)] + content
  }

  private static func piece(_ text: String, _ kind: UInt8 = 1) -> [UInt8] {
    field(1, field(1, Array(text.utf8)) + [0x15, 0, 0, 0x80, 0xBF, 0x18, kind])
  }

  private static let model =
    piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3) + piece("▁a") + piece("b")
    + field(2, [0x18, 1])

  @Test func `a small SentencePiece model is read`() throws {
    let tokenizer = try Tokenizer(sentencePiece: Self.model, family: .xlmRoberta)
    #expect(tokenizer.encode("a b ab").ids == [0, 4, 3, 5, 4, 5, 2].map { Int32($0) })
    #expect(tokenizer.token(for: 6) == "<mask>")
  }

  @Test func `a SentencePiece model that is cut is an error or a smaller model`() {
    for length in 0..<Self.model.count {
      for family in SentencePieceFamily.allCases {
        let cut = Array(Self.model[..<length])
        if let tokenizer = try? Tokenizer(sentencePiece: cut, family: family) {
          _ = tokenizer.encode("a b <s>")
        }
      }
    }
    #expect(throws: TokenizerError.invalidSentencePiece(reason: "has no pieces")) {
      try Tokenizer(sentencePiece: [], family: .xlmRoberta)
    }
  }

  @Test(arguments: [
    ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "4294967295 bytes, but 0 are left"),
    ([0x0A, 0x05, 0x0A], "5 bytes, but 1 are left"),
    ([0x0B], "wire type 3"),
    ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], "longer than ten bytes"),
    ([0x0A, 0x03, 0x0A, 0x01, 0xFF], "piece 0 is not valid UTF-8"),
    ([0x0A, 0x05, 0x15, 0, 0, 0xC0, 0x7F], "has the score nan"),
    ([0x0A, 0x02, 0x18, 0x09], "has the type 9"),
    ([0x12, 0x02, 0x18, 0x02], "model type 2"),
  ])
  func `a wrong SentencePiece model is named`(bytes: [Int], expected: String) {
    do {
      _ = try Tokenizer(
        sentencePiece: bytes.map { UInt8($0) }, family: .xlmRoberta)
      Issue.record("no error")
    } catch {
      #expect(error.description.contains(expected), "\(error)")
    }
  }
}

/// Folders whose tokenizer file holds something else, as after a clone without Git LFS.
@Suite struct MisplacedTokenizerTests {
  @Test(arguments: ["tokenizer.json", "spm.model", "sentencepiece.bpe.model", "vocab.txt"])
  func `another file's content is named`(name: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "tokenizer-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (content, expected) in [
      ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "a Git LFS pointer"),
      ("<!DOCTYPE html><html></html>", "an HTML or XML page"),
    ] {
      try Data(content.utf8).write(to: folder.appending(path: name))
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: folder) }
      let message = error?.description ?? ""
      #expect(message.contains(name) && message.contains("it holds \(expected)"), "\(message)")
    }
  }
}

/// Reproducible random numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
