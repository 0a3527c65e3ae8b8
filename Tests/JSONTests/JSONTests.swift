import Testing

@testable import JSON

@Suite struct JSONValueTests {
  @Test func `every kind of value is read`() throws {
    let value = try JSONValue(
      parsing: #" {"a": [1, -2.5e3, true, false, null], "b": {"c": "d\u00e9\n"}, "": ""} "#)
    #expect(try value.array("a").count == 5)
    #expect(try value["a"]?[1]?.double() == -2500)
    #expect(try value.value("b").string("c") == "dé\n")
    #expect(try value.string("") == "")
    #expect(value["a"]?[4] == .null)
  }

  @Test(arguments: [
    ("", "the text is empty"),
    ("[1, 2", "line 1, column 6: the text ends where ',' or ']' is expected"),
    ("{\n  \"a\" 1}", "line 2, column 7: expected ':', found '1'"),
    ("[1,]", "line 1, column 4: expected a value, found ']'"),
    ("{\"a\":1,}", "line 1, column 8: expected a key, found '}'"),
    ("[01]", "line 1, column 2: expected a number, found '0'"),
    ("[1.]", "line 1, column 2: expected a number, found '1'"),
    ("[.5]", "line 1, column 2: expected a value, found '.'"),
    ("[+1]", "line 1, column 2: expected a value, found '+'"),
    ("[1e]", "line 1, column 2: expected a number, found '1'"),
    ("[-]", "line 1, column 2: expected a number, found '-'"),
    ("[NaN]", "line 1, column 2: expected a value, found 'N'"),
    ("[-Infinity]", "line 1, column 2: expected a number, found '-'"),
    ("tru", "line 1, column 1: expected true, found 't'"),
    ("nul", "line 1, column 1: expected null, found 'n'"),
    ("1 2", "line 1, column 3: expected the end of the text, found '2'"),
    ("[1 2]", "line 1, column 4: expected ',' or ']', found '2'"),
    ("[1}", "line 1, column 3: expected ',' or ']', found '}'"),
    ("{1: 2}", "line 1, column 2: expected a key, found '1'"),
    ("{,}", "line 1, column 2: expected a key, found ','"),
    ("[,]", "line 1, column 2: expected a value, found ','"),
    ("\"é\u{1}\"", "line 1, column 3: expected its escape, found control character 1"),
    ("\"\\x\"", "line 1, column 2: expected an escape, found \\x"),
    ("\"\\u12G4\"", "line 1, column 2: expected \\u and four hexadecimal digits, found \\u12G4"),
    ("\"\\u12", "line 1, column 6: the text ends where four hexadecimal digits is expected"),
    ("\"\\", "line 1, column 3: the text ends where an escape is expected"),
    ("\"abc", "line 1, column 5: the text ends where the closing quote is expected"),
    ("{\"a\":1,\"b\":2,\"a\":3}", "line 1, column 14: the key \"a\" is repeated"),
    ("{\"a\":1,\"\\u0061\":3}", "line 1, column 8: the key \"a\" is repeated"),
    ("\u{FEFF}1", "line 1, column 1: expected a value, found '\u{FEFF}'"),
    ("'a'", "line 1, column 1: expected a value, found '''"),
    ("[1] // no", "line 1, column 5: expected the end of the text, found '/'"),
  ])
  func `a malformed text is an error that says where`(text: String, message: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80], [0xFF],
      [0xE2, 0x82], [0xC3],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are rejected`(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: [quote] + bytes + [quote])
    }
    #expect(error == .invalidUTF8(at: JSONLocation(line: 1, column: 2, offset: 1)))
  }

  @Test func `letters that end like a line separator are written as they are, however many`() {
    let text = String(repeating: "\u{628}", count: 300_000) + "\u{2028}\u{2029}"
    let written = JSONValue.string(text).encoded()
    #expect(
      written.elementsEqual(
        "\"\(String(repeating: "\u{628}", count: 300_000))\\u2028\\u2029\"".utf8))
  }

  @Test func `nesting stops at the limit, in values and when skipping`() throws {
    let options = JSONOptions(maximumDepth: 10)
    let fine = String(repeating: "[", count: 10) + String(repeating: "]", count: 10)
    _ = try JSONValue(parsing: fine, options: options)
    let deep = "[" + fine + "]"
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: deep, options: options) }
    #expect(error?.description == "line 1, column 11: nested deeper than 10 levels")
    var scanner = JSONScanner(Array(deep.utf8), options: options)
    #expect(throws: JSONError.self) { try scanner.skip() }
    #expect(throws: JSONError.self) {
      try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
    }
    #expect(throws: JSONError.self) {
      try JSONValue(parsing: String(repeating: "{\"a\":", count: 1_000_000))
    }
  }

  @Test func `surrogate pairs join, lone surrogates are rejected or replaced`() throws {
    #expect(try JSONValue(parsing: #""\ud83d\ude00""#) == "😀")
    for lone in [#""a\ud83d""#, #""a\ude00""#, #""a\ud83db""#, #""a\ud83d\u0041""#] {
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: lone) }
      #expect(error == .loneSurrogate(at: JSONLocation(line: 1, column: 3, offset: 2)))
    }
    #expect(try JSONValue(parsing: #""a\ud83d""#, options: .texts) == "a\u{FFFD}")
    #expect(
      try JSONValue(parsing: #""\ude00\ud83d\u0041""#, options: .texts) == "\u{FFFD}\u{FFFD}A")
    #expect(try JSONValue(parsing: #""\ud83d\ud83d\ude00""#, options: .texts) == "\u{FFFD}😀")
  }

  @Test func `keys that differ in bytes only are different keys`() throws {
    let value = try JSONValue(parsing: #"{"\u00e9": 1, "e\u0301": 2}"#)
    #expect(try value.int("\u{E9}") == 1)
    #expect(try value.int("e\u{301}") == 2)
  }

  @Test func `large objects keep order, find members and reject repeats`() throws {
    let members = (0..<1000).map { "\"key\($0)\": \($0)" }
    let value = try JSONValue(parsing: "{" + members.joined(separator: ",") + "}")
    #expect(try value.object().keys == (0..<1000).map { "key\($0)" })
    for index in 0..<1000 { #expect(try value.int("key\(index)") == index) }
    #expect(value["key1000"] == nil)
    let repeated = "{" + (members + ["\"key500\": 1"]).joined(separator: ",") + "}"
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: repeated) }
    guard case .duplicateKey("key500", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    var object = try value.object()
    object["key3"] = nil
    object["key4"] = "four"
    #expect(object.count == 999)
    #expect(object["key4"] == "four")
    #expect(object["key999"] == 999)
  }
}

@Suite struct AccessorTests {
  let value: JSONValue = [
    "model": ["type": "WPM", "sizes": [1, "x"], "rate": 1.5, "none": nil, "large": 1e300]
      as JSONValue,
    "count": 3, "whole": 4.0, "flag": true, "names": ["a", "b"],
  ]

  @Test func `values are found by key`() throws {
    let model = try value.value("model")
    #expect(try model.string("type") == "WPM")
    #expect(try value.int("count") == 3)
    #expect(try value.int("whole") == 4)
    #expect(try value.double("count") == 3)
    #expect(try model.double("rate") == 1.5)
    #expect(try model.float("rate") == 1.5)
    #expect(try value.bool("flag"))
    #expect(try value.strings("names") == ["a", "b"])
    #expect(try value.optionalStrings("other") == nil)
    #expect(try model.optionalString("none") == nil)
    #expect(try model.optionalString("other") == nil)
    #expect(try value.optionalBool("flag") == true)
  }

  @Test func `errors name the key`() throws {
    func message(_ read: () throws(JSONError) -> Void) -> String {
      do {
        try read()
        return "no error"
      } catch {
        return error.description
      }
    }
    let model = try value.value("model")
    #expect(
      message { () throws(JSONError) in _ = try model.int("type") }
        == "type should be an integer but is a string")
    #expect(
      message { () throws(JSONError) in _ = try model.int("rate") }
        == "rate: the number 1.5 does not fit into Int")
    #expect(
      message { () throws(JSONError) in _ = try model.float("large") }
        == "large: the number 1e+300 does not fit into Float")
    #expect(
      message { () throws(JSONError) in _ = try model.ints("sizes") }
        == "sizes[1] should be an integer but is a string")
    #expect(message { () throws(JSONError) in _ = try model.string("x") } == "x is missing")
    #expect(
      message { () throws(JSONError) in _ = try value.value("count").optionalString("y") }
        == "$ should be an object but is a number")
  }
}

@Suite struct JSONNumberTests {
  @Test(arguments: [
    "0", "-0", "0.1", "-10.254551887512207", "1e-27", "9007199254740993", "9007199254740992.5",
    "18446744073709551615", "18446744073709551616", "1.7976931348623157e308", "5e-324", "2e-324",
    "2.2250738585072011e-308", "123456789012345678901234567890", "0.000000000000000000000000001",
    "1844674407370955161e27", "8.5e22", "4503599627370497.5", "4503599627370496.5",
    "9.5367431640625e-07", "1e400", "-1e400", "3.4028235677973366e38", "1e-400", "0e999999999999",
    "0.30000000000000004", "72057594037927945", "72057594037927944",
    "1.00000000000000011102230246251565",
  ])
  func `decimals are rounded as strtod rounds them`(text: String) {
    #expect(JSONNumber(text: text).double.bitPattern == Double(text)?.bitPattern)
  }

  @Test func `random decimals are rounded as strtod rounds them`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50_000 {
      let digits = UInt64.random(in: 0 ... .max, using: &generator) >> UInt64.random(in: 0..<64)
      let text = "\(digits)e\(Int.random(in: -30...30))"
      #expect(JSONNumber(text: text).double == Double(text), "\(text)")
    }
    for _ in 0..<50_000 {
      let value = Double.random(in: -30...30)
      #expect(JSONNumber(value).double == value)
      #expect(JSONNumber(Float(value)).float == Float(value))
    }
  }

  @Test func `numbers beyond the range of a type are errors`() throws {
    var scanner = JSONScanner(Array("[9223372036854775807, -9223372036854775808]".utf8))
    try scanner.beginArray()
    #expect(try scanner.nextElement())
    #expect(try scanner.integer() == .max)
    #expect(try scanner.nextElement())
    #expect(try scanner.integer() == .min)
    #expect(try !scanner.nextElement())
    for text in ["9223372036854775808", "1.5", "1e2", "99999999999999999999"] {
      var scanner = JSONScanner(Array(text.utf8))
      #expect(throws: JSONError.self) { try scanner.integer() }
    }
    var large = JSONScanner(Array("1e999".utf8))
    #expect(throws: JSONError.self) { try large.double() }
    #expect(try JSONValue(parsing: "1000000000000000019884624838656").double() == 1e30)
  }

  @Test func `tokens for NaN and the infinities are an option`() throws {
    let options = JSONOptions(allowsNonFiniteNumbers: true)
    let value = try JSONValue(parsing: "[NaN, Infinity, -Infinity]", options: options)
    #expect(try value[0]?.double().isNaN == true)
    #expect(try value[1]?.double() == .infinity)
    #expect(try value[2]?.double() == -.infinity)
    #expect(throws: JSONError.self) { try JSONValue(parsing: "-NaN", options: options) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: "Inf", options: options) }
  }
}

@Suite struct JSONScannerTests {
  @Test func `a text is read without a tree`() throws {
    let text =
      #"{"skip": [{"a": 1}, "]"], "vocab": {"a": 0, "\u00e9\"": 1}, "unk": -1.5, "n": null}"#
    var scanner = JSONScanner(Array(text.utf8))
    var arena: [UInt8] = []
    var ids: [Int] = []
    var unknown = 0.0
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if scanner.matches(key, "vocab") {
        try scanner.beginObject(checkingKeys: false)
        while let piece = try scanner.nextKey() {
          scanner.append(piece, to: &arena)
          ids.append(try scanner.integer())
        }
      } else if scanner.matches(key, "unk") {
        unknown = try scanner.double()
      } else if scanner.matches(key, "n") {
        #expect(try scanner.null())
      } else {
        try scanner.skip()
      }
    }
    try scanner.end()
    #expect(String(decoding: arena, as: UTF8.self) == "aé\"")
    #expect(ids == [0, 1])
    #expect(unknown == -1.5)
    #expect(scanner.depth == 0)
  }

  @Test func `asking for the wrong kind is an error, not a trap`() throws {
    var scanner = JSONScanner(Array("{\"a\": 1}".utf8))
    #expect(throws: JSONError.self) { try scanner.nextElement() }
    #expect(throws: JSONError.self) { try scanner.beginArray() }
    try scanner.beginObject()
    #expect(throws: JSONError.self) { try scanner.nextElement() }
    _ = try scanner.nextKey()
    #expect(throws: JSONError.self) { try scanner.string() }
    #expect(throws: JSONError.self) { try scanner.bool() }
    #expect(try !scanner.null())
    #expect(try scanner.integer() == 1)
    #expect(try scanner.nextKey() == nil)
    #expect(throws: JSONError.self) { try scanner.nextKey() }
    try scanner.end()
    #expect(throws: JSONError.self) { try scanner.skip() }
  }

  @Test func `every cut of a text is an error`() throws {
    let text = Array(#"{"a": [1, -2.5e3, true, null, "\ud83d\ude00é"], "b": {"c": false}}"#.utf8)
    _ = try JSONValue(parsing: text)
    for length in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<length])) }
    }
  }
}

@Suite struct JSONWriterTests {
  @Test(arguments: [
    ("\u{1B}[31m\0", #""\u001b[31m\u0000""#), ("\u{7F}", #""\u007f""#),
    ("\u{80}\u{85}\u{9B}\u{9F}", #""\u0080\u0085\u009b\u009f""#),
    ("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#),
    ("\u{A0}\u{2027}\u{202A}¨©", "\"\u{A0}\u{2027}\u{202A}¨©\""),
    ("é\u{85}à", #""é\u0085à""#),
  ])
  func `controls and separators of lines are escaped, their neighbours are not`(
    text: String, expected: String
  ) throws {
    let written = JSONValue.string(text).encoded()
    #expect(String(decoding: written, as: UTF8.self) == expected)
    #expect(try JSONValue(parsing: written) == .string(text))
  }

  @Test func `what is written reads back the same`() throws {
    let value: JSONValue = [
      "text": "quote \" back \\ tab \t nul \u{0} é 😀 \u{7F}", "numbers": [0, -1, 0.1, 1e-300],
      "flags": [true, false, nil], "empty": [] as JSONValue, "object": [:] as JSONValue,
    ]
    #expect(try JSONValue(parsing: value.encoded()) == value)
  }

  @Test func `commas, lines and floats are placed right`() {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("score", Float(0.1))
      writer.member("exact", 0.1 + 0.2)
      writer.key("list")
      writer.array { writer in
        writer.value(1)
        writer.array { _ in }
        writer.value("x")
        writer.value(Double.nan)
        writer.null()
      }
    }
    writer.newline()
    writer.values([1.5, -0.0] as [Double])
    #expect(
      writer.text
        == "{\"score\":0.1,\"exact\":0.30000000000000004,\"list\":[1,[],\"x\",null,null]}\n[1.5,-0.0]"
    )
  }
}
