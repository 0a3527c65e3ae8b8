import JSON
import Testing

@testable import ModerationEvaluation

@Suite("Reading annotated messages")
struct DataTests {
  typealias Label = DatasetColumns.Label

  @Test func `JSON lines: text, labels, metadata and context; a missing label is unknown`() throws {
    let entries = try read(
      """
      {"text": "a", "labels": {"spam": 1, "hate": 0}, "metadata": {"lang": "en", "n": {"x": 2}}}

      {"text": "b", "labels": {"spam": null, "hate": true}, "context": ["adult", "message"]}
      {"text": "c", "extra": [1, 2]}
      """)
    #expect(
      entries == [
        .example(
          LabelledExample(
            line: 1, text: "a", labels: ["spam": true, "hate": false],
            metadata: ["lang": "en", "n.x": "2"])),
        .example(
          LabelledExample(
            line: 3, text: "b", labels: ["hate": true], context: ["adult", "message"])),
        .example(LabelledExample(line: 4, text: "c", labels: [:])),
      ])
  }

  @Test func `a bad line is reported with its number and does not lose the rest`() throws {
    let entries = try read(
      """
      {"text": "a"}
      {"text": 3}
      {"text": "b", "labels": {"spam": 2}}
      {"text": "c", "labels": {"spam": "maybe"}}
      {"text": "d", "labels": {"spam": [1]}}
      {"label": {}}
      {"text": "e"
      not json
      {"text": "f"}
      """)
    let unreadable = entries.compactMap { entry -> UnreadableLine? in
      if case .unreadable(let line) = entry { line } else { nil }
    }
    #expect(unreadable.map(\.line) == [2, 3, 4, 5, 6, 7, 8])
    #expect(unreadable[0].description == "line 2: text should be a string but is a number")
    #expect(unreadable[2].description == "line 4: spam is \"maybe\", neither 0 nor 1")
    #expect(unreadable[4].reason == "text is missing")
    #expect(unreadable[6].reason.hasPrefix("column 1: expected"))
    #expect(entries.count == 9)
  }

  @Test func `JSON lines with labels under other names, at the top of the object`() throws {
    let columns = DatasetColumns(
      text: "prompt",
      labels: [
        Label(name: "sexual", column: "S"),
        Label(name: "hate", column: "H", positives: ["1", "2"]),
      ])
    let entries = try read(
      #"{"prompt": "a", "S": 1, "H": 2}"# + "\n" + #"{"prompt": "b", "H": 0}"#, columns: columns)
    #expect(
      entries == [
        .example(LabelledExample(line: 1, text: "a", labels: ["sexual": true, "hate": true])),
        .example(LabelledExample(line: 2, text: "b", labels: ["hate": false])),
      ])
  }

  @Test func `CSV: quotes, line ends inside fields, a byte order mark, classes as labels`() throws {
    let columns = DatasetColumns(
      text: "post",
      labels: [
        Label(name: "hate", column: "gold", positives: ["hateful"]),
        Label(name: "spam"),
      ])
    let text =
      "\u{FEFF},post,gold,spam,function\r\n0,\"two\nlines, \"\"quoted\"\"\",hateful,1,f1\r\n"
      + "\r\n1,plain \"inside\",non-hateful,,\r\n2,\"last\",,0,f2"
    let entries = try read(text, format: .csv(), columns: columns)
    #expect(
      entries == [
        .example(
          LabelledExample(
            line: 2, text: "two\nlines, \"quoted\"", labels: ["hate": true, "spam": true],
            metadata: ["gold": "hateful", "function": "f1"])),
        .example(
          LabelledExample(
            line: 5, text: "plain \"inside\"", labels: ["hate": false],
            metadata: ["gold": "non-hateful"])),
        .example(
          LabelledExample(
            line: 6, text: "last", labels: ["spam": false], metadata: ["function": "f2"])),
      ])
  }

  @Test func `CSV: wrong widths, open quotes and bad labels are reported by line`() throws {
    let columns = DatasetColumns(labels: [Label(name: "a")])
    let entries = try read(
      "text,a\none,1,2\ntwo,maybe\nthree,1\n\"four,1", format: .csv(), columns: columns)
    #expect(
      entries == [
        .unreadable(UnreadableLine(line: 2, reason: "3 fields where the header has 2")),
        .unreadable(UnreadableLine(line: 3, reason: "a is \"maybe\", neither 0 nor 1")),
        .example(LabelledExample(line: 4, text: "three", labels: ["a": true])),
        .unreadable(UnreadableLine(line: 5, reason: "a quoted field is not closed")),
      ])
  }

  @Test(arguments: [
    "two\r\nlines", "two\nlines", "old\rlines", "\rfirst", " spaces \t", "\u{FEFF}mark",
    "a\u{2028}b",
    "\u{301}combining", "nul\0", "\r\n", "last\r",
  ])
  func `CSV and TSV give a quoted text back exactly as it came`(text: String) throws {
    for (format, separator) in [
      (DatasetReader.Format.csv(), ","), (.csv(separator: "\t"), "\t"),
    ] {
      for end in ["\n", "\r\n", ""] {
        let entries = try read(
          "text\(separator)a\r\n\"\(text)\"\(separator)1\(end)", format: format,
          columns: DatasetColumns(labels: [Label(name: "a")]))
        #expect(entries == [.example(LabelledExample(line: 2, text: text, labels: ["a": true]))])
      }
    }
  }

  @Test func `CSV: a lone carriage return is text, without quotes too`() throws {
    let entries = try read(
      "text,a\n\rone\rtwo,1\n", format: .csv(), columns: DatasetColumns(labels: [Label(name: "a")]))
    #expect(
      entries == [.example(LabelledExample(line: 2, text: "\rone\rtwo", labels: ["a": true]))])
  }

  @Test func `CSV: text after a closing quote costs its row alone`() throws {
    let entries = try read(
      "text,a\n\"one\" more,1\ntwo,0\n", format: .csv(),
      columns: DatasetColumns(labels: [Label(name: "a")]))
    #expect(
      entries == [
        .unreadable(
          UnreadableLine(line: 2, reason: "text after the closing quote of a field")),
        .example(LabelledExample(line: 3, text: "two", labels: ["a": false])),
      ])
  }

  @Test func `CSV with two columns of one name is an error that names it`() {
    for header in ["text,text,a", "text,a,a", "text,a,lang,lang", "text,a,context,context"] {
      let error = #expect(throws: EvaluationError.self) {
        try read(
          header + "\n", format: .csv(), columns: DatasetColumns(labels: [Label(name: "a")]))
      }
      #expect(error?.description.hasPrefix("test.csv: 2 columns are named") == true)
    }
  }

  @Test func `a line or row beyond the limit costs itself alone`() throws {
    let long = String(repeating: "x", count: ByteStream.longestLine + 1)
    let reason = "longer than \(ByteStream.longestLine) bytes"
    #expect(
      try read("{\"text\": \"\(long)\"}\n{\"text\": \"a\"}", chunk: 1 << 16) == [
        .unreadable(UnreadableLine(line: 1, reason: reason)),
        .example(LabelledExample(line: 2, text: "a", labels: [:])),
      ])
    let columns = DatasetColumns(labels: [Label(name: "a")])
    #expect(
      try read("text,a\n\(long),1\nb,0", format: .csv(), columns: columns, chunk: 1 << 16) == [
        .unreadable(UnreadableLine(line: 2, reason: reason)),
        .example(LabelledExample(line: 3, text: "b", labels: ["a": false])),
      ])
  }

  @Test func `row "a file that is not read by lines": one byte more is refused`() throws {
    #expect(ByteStream.longestFile == 256 << 20)
    for size in [1, 3, 100] {
      func rest(_ limit: Int) throws -> [UInt8]? {
        try ByteStream(pieces: once(Array("abcdefgh".utf8), size: size)).rest(limit: limit)
      }
      #expect(try rest(8) == Array("abcdefgh".utf8))
      #expect(try rest(7) == nil)
    }
  }

  @Test func `a stream of bytes ends lines at newlines, whatever the pieces`() throws {
    let text = "\u{FEFF}a\r\n\u{FEFF}b\rc\n\nd\r"
    for size in [1, 2, 3, 5, 100] {
      let stream = ByteStream(pieces: once(Array(text.utf8), size: size))
      var lines: [String] = []
      while let line = try stream.nextLine() {
        lines.append(String(decoding: line.bytes, as: UTF8.self))
        #expect(line.number == lines.count)
      }
      #expect(lines == ["a", "\u{FEFF}b\rc", "", "d\r"])
    }
  }

  @Test func `CSV without a needed column is an error that lists the columns`() {
    let error = #expect(throws: EvaluationError.self) {
      try read(
        "a,b\n", format: .csv(), columns: DatasetColumns(text: "a", labels: [Label(name: "c")]))
    }
    #expect(
      error?.description == "test.csv: there is no column \"c\"; the columns are \"a\", \"b\"")
    #expect(throws: EvaluationError.self) { try read("", format: .csv()) }
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func `the size of the chunks does not matter`(size: Int) throws {
    let lines = "\u{FEFF}{\"text\": \"é\"}\r\n{\"text\": \"b\"}\n\n{\"text\": 1}\n{\"text\": \"c\"}"
    #expect(try read(lines, chunk: size) == read(lines))
    let csv = "\u{FEFF}text,a\n\"x\"\"\n\",1\r\ny,0\n"
    let columns = DatasetColumns(labels: [Label(name: "a")])
    #expect(
      try read(csv, format: .csv(), columns: columns, chunk: size)
        == read(csv, format: .csv(), columns: columns))
  }

  @Test func `bytes that are not UTF-8 are reported, not guessed`() throws {
    var reader = try DatasetReader(
      format: .csv(), columns: DatasetColumns(labels: [Label(name: "a")]),
      chunks: once(Array("text,a\n".utf8) + [0xFF] + Array(",1\nb,0\n".utf8)))
    #expect(
      try reader.next() == .unreadable(UnreadableLine(line: 2, reason: "not valid UTF-8")))
    #expect(
      try reader.next() == .example(LabelledExample(line: 3, text: "b", labels: ["a": false])))
    #expect(try reader.next() == nil)
  }

  @Test(
    arguments: [
      ("hate", Label(name: "hate")),
      ("hate=gold", Label(name: "hate", column: "gold")),
      ("hate=gold:yes|1", Label(name: "hate", column: "gold", positives: ["yes", "1"])),
      ("=gold", nil), ("hate=", nil), ("hate=gold:", nil), ("", nil),
    ] as [(String, Label?)])
  func `label arguments`(argument: String, expected: Label?) {
    #expect(Label(argument: argument) == expected)
  }

  @Test func `an example written as JSON reads back`() throws {
    let example = LabelledExample(
      line: 1, text: "say \"hi\"\n\u{1F600}", labels: ["b": true, "a": false],
      metadata: ["lang": "fr"], context: ["adult"])
    let line = String(decoding: example.json.encoded(), as: UTF8.self)
    #expect(try read(line) == [.example(example)])
  }

  private func once(_ bytes: [UInt8], size: Int = .max) -> () throws -> [UInt8]? {
    var rest = bytes[...]
    return {
      defer { rest = rest.dropFirst(size) }
      return rest.isEmpty ? nil : Array(rest.prefix(size))
    }
  }

  @discardableResult
  private func read(
    _ text: String, format: DatasetReader.Format = .jsonLines,
    columns: DatasetColumns = DatasetColumns(), chunk: Int = .max
  ) throws -> [DatasetReader.Entry] {
    var reader = try DatasetReader(
      format: format, columns: columns, name: "test.csv",
      chunks: once(Array(text.utf8), size: chunk))
    var entries: [DatasetReader.Entry] = []
    while let entry = try reader.next() { entries.append(entry) }
    return entries
  }
}
