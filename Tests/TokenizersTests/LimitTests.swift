import JSON
import Testing

@testable import Tokenizers

/// One beyond each limit of the table in TrustAndLimits.
@Suite struct LimitTests {
  private func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  private func message(
    normalizer: String = "null", preTokenizer: String = "null", postProcessor: String = "null",
    model: String = #"{"type": "WordLevel", "vocab": {"u": 0, "a": 1}, "unk_token": "u"}"#
  ) -> String {
    let text = """
      {"version": "1.0", "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
      "post_processor": \(postProcessor), "model": \(model)}
      """
    return error { _ = try Tokenizer(json: Array(text.utf8)) }
  }

  @Test func `row "a token": one byte more is refused`() {
    func vocabulary(_ length: Int) -> String {
      let token = String(repeating: "b", count: length)
      return #"{"type": "WordLevel", "vocab": {"u": 0, "\#(token)": 1}, "unk_token": "u"}"#
    }
    #expect(message(model: vocabulary(4096)) == "no error")
    #expect(message(model: vocabulary(4097)).contains("a token of 4097 bytes; at most 4096"))
  }

  @Test func `row "a token": many that begin alike do not use up the stack`() {
    let start = String(repeating: "a", count: 4000)
    let tokens = (0..<400).map { #""\#(start)\#($0)": \#($0 + 1)"# }.joined(separator: ", ")
    #expect(
      message(
        model: #"{"type": "WordLevel", "vocab": {"u": 0, \#(tokens)}, "unk_token": "u"}"#)
        == "no error")
  }

  @Test func `row "ids of tokens": the next id, and the largest of 32 bits, are refused`() {
    func model(_ id: Int) -> String {
      #"{"type": "WordLevel", "vocab": {"u": \#(id), "a": 0}, "unk_token": "u"}"#
    }
    #expect(message(model: model(65_551)) == "no error")
    #expect(message(model: model(65_552)).contains("id 65552 in a vocabulary of 2 tokens"))
    #expect(
      message(model: model(2_147_483_647)).contains("id 2147483647 in a vocabulary of 2 tokens"))
  }

  @Test func `row "steps of a tokenizer": the 65th is refused, in a chain or in chains`() {
    func chain(_ count: Int, of step: String = #"{"type": "Lowercase"}"#) -> String {
      let steps = Array(repeating: step, count: count).joined(separator: ", ")
      return #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
    }
    let still = #"{"type": "StripAccents"}"#
    #expect(message(normalizer: chain(64, of: still)) == "no error")
    #expect(message(normalizer: chain(65, of: still)).contains("normalizers: has 65 parts"))
    #expect(
      message(normalizer: chain(5, of: chain(13, of: still))).contains("normalizer: has 65 steps"))
    let digits = Array(
      repeating: #"{"type": "Digits", "individual_digits": true}"#, count: 65)
    #expect(
      message(
        preTokenizer:
          #"{"type": "Sequence", "pretokenizers": [\#(digits.joined(separator: ", "))]}"#
      ).contains("pretokenizers: has 65 parts"))
  }

  @Test func `row "growth of a text": replacements that could make more of it are refused`() {
    func replacement(_ count: Int) -> String {
      let content = String(repeating: "a", count: count)
      return #"{"type": "Replace", "pattern": {"String": "a"}, "content": "\#(content)"}"#
    }
    let growth = Normalizer.mostGrowth
    #expect(growth == 1 << 14)
    #expect(message(normalizer: replacement(growth)) == "no error")
    #expect(
      message(normalizer: replacement(growth + 1))
        .contains("normalizer: may make a text more than 16384 times as long"))
    let chain = Array(repeating: replacement(8), count: 5).joined(separator: ", ")
    #expect(
      message(normalizer: #"{"type": "Sequence", "normalizers": [\#(chain)]}"#)
        .contains("more than 16384 times"))
    // An expression that needs three letters for one makes nothing longer.
    let shorter = #"{"type": "Replace", "pattern": {"Regex": "a{3,}"}, "content": "a"}"#
    let many = Array(repeating: shorter, count: 60).joined(separator: ", ")
    #expect(message(normalizer: #"{"type": "Sequence", "normalizers": [\#(many)]}"#) == "no error")
  }

  @Test func `row "tokens around a text": the 65th, and a text that is there twice, are refused`() {
    func template(_ ids: Int, texts: Int = 1) -> String {
      let list = Array(repeating: "1", count: ids).joined(separator: ", ")
      let text = Array(repeating: #"{"Sequence": {"id": "A", "type_id": 0}}"#, count: texts)
      return """
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[C]", "type_id": 0}},
        \(text.joined(separator: ", "))], "pair": [],
        "special_tokens": {"[C]": {"id": "[C]", "ids": [\(list)], "tokens": []}}}
        """
    }
    #expect(message(postProcessor: template(64)) == "no error")
    #expect(message(postProcessor: template(65)).contains("adds 65 tokens; at most 64"))
    #expect(message(postProcessor: template(1, texts: 2)).contains("the text A is there twice"))
  }

  private func pattern(_ pattern: String) -> String {
    error { _ = try RegularExpression(pattern) }
  }

  @Test func `row "a regular expression": length, depth, repetitions and size are bounded`() {
    #expect(pattern(String(repeating: "a", count: 10_000)) == "no error")
    #expect(
      pattern(String(repeating: "a", count: 10_001)).contains("10001 characters; at most 10000"))
    func groups(_ count: Int) -> String {
      String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count)
    }
    #expect(pattern(groups(49)) == "no error")
    #expect(pattern(groups(50)).contains("nested too deeply"))
    #expect(pattern("a" + String(repeating: "{1}", count: 49)) == "no error")
    #expect(
      pattern("a" + String(repeating: "{1}", count: 50)).contains(
        "repetitions are nested too deeply"))
    #expect(pattern("a{1000}") == "no error")
    #expect(pattern("a{1001}").contains("a repetition over 1000"))
    #expect(pattern("(?:(?:ab){1000}){10}").contains("too many repetitions"))
    // Groups of nothing make no instructions; they are counted all the same.
    #expect(pattern("(?:(?:(?:(?:){1000}){1000}){1000}){1000}").contains("too many repetitions"))
  }

  private func pieces(_ pattern: String, of text: String) throws -> [Int] {
    var text = SplitText(original: Array(text.utf8))
    text.split(.expression(try RegularExpression(pattern)), .isolated, isInverted: false)
    return text.splits.map { $0.end - $0.start }
  }

  @Test func `row "steps of an expression": a search that takes more finds nothing more`() throws {
    // From each letter the first option passes over all of them to the end, and back.
    func letters(_ count: Int) -> String { String(repeating: "a", count: count) + "b" }
    #expect(ExpressionMachine.stepsPerByte == 1000)
    #expect(try pieces("a+c|b", of: letters(300)) == [300, 1])
    #expect(try pieces("a+c|b", of: letters(30_000)) == [30_001])
  }

  @Test(arguments: ["(?=(?:a?)*b)a", "(?=(?:a|a)*b)a", "(?>(?:a?)*)b", "(?!(?:a|aa)*b)a"])
  func `row "steps of an expression": what is looked at from afar ends too`(pattern: String)
    throws
  {
    let text = String(repeating: "a", count: 200)
    #expect(try pieces(pattern, of: text).reduce(0, +) == 200)
  }

  @Test func `row "windows": no more are made than are asked for`() throws {
    let tokenizer = try Tokenizer(
      json: Array(
        """
        {"version": "1.0", "pre_tokenizer": {"type": "FixedLength", "length": 1}, "model":
        {"type": "WordLevel", "vocab": {"u": 0, "a": 1}, "unk_token": "u"}}
        """.utf8))
    let text = String(repeating: "a", count: 50)
    let all = tokenizer.encode(windowsOf: text, maximumLength: 10, overlap: 9)
    let some = tokenizer.encode(windowsOf: text, maximumLength: 10, overlap: 9, maximumCount: 7)
    #expect(all.count == 41 && some == Array(all.prefix(7)))
  }

  @Test func `marks are put in order run by run`() throws {
    // Each letter has two marks in the wrong order.
    let text = String(repeating: "a\u{302}\u{323}", count: 1000)
    let source = AlignedText(original: Array(text.utf8))
    var result = AlignedText()
    Normalizer.canonical(composed: false).normalize(
      source, TextPiece(0..<source.count, shift: 0), into: &result)
    let expected = String(repeating: "a\u{323}\u{302}", count: 1000)
    #expect(result.bytes == Array(expected.utf8))
  }

  @Test func `a token takes the white space behind it, and the next one what is left`() throws {
    let tokenizer = try Tokenizer(
      json: Array(
        """
        {"version": "1.0", "added_tokens": [{"id": 2, "content": "~", "single_word": false,
        "lstrip": true, "rstrip": true, "normalized": false, "special": true},
        {"id": 3, "content": " ", "single_word": false, "lstrip": true, "rstrip": true,
        "normalized": false, "special": true}],
        "model": {"type": "WordLevel", "vocab": {"u": 0, "a": 1}, "unk_token": "u"}}
        """.utf8))
    #expect(tokenizer.encode("a~  ~a").ids == [1, 2, 2, 1])
    #expect(tokenizer.encode("a   a").ids == [1, 3, 1])
  }
}
