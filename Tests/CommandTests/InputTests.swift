import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation
import TestSupport
import Testing

@testable import moderate

@Suite struct InputFileTests {
  private func lines(of bytes: [UInt8]) throws -> [String] {
    let file = try TemporaryFile(bytes)
    let input = try InputFile(path: file.path)
    #expect(input.byteCount == bytes.count)
    let stream = ByteStream { try input.next() }
    var lines: [String] = []
    while let line = try stream.nextLine() {
      lines.append(String(decoding: line.bytes, as: UTF8.self))
      #expect(line.number == lines.count)
    }
    #expect(input.bytesRead == bytes.count)
    return lines
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\n", ["a", "b"]), ("\n\na", ["", "", "a"]),
    ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]), ("a\r", ["a\r"]),
    ("a\u{2028}b\u{0B}c\rd", ["a\u{2028}b\u{0B}c\rd"]),
  ])
  func `Lines end at newlines and nowhere else`(text: String, expected: [String]) throws {
    #expect(try lines(of: Array(text.utf8)) == expected)
  }

  @Test func `Lines longer than a piece, and ends of lines at its edge, are whole`() throws {
    for length in [65_534, 65_535, 65_536, 65_537, 200_000] {
      let long = String(repeating: "x", count: length)
      #expect(try lines(of: Array("\(long)\r\n\(long)\nend".utf8)) == [long, long, "end"])
    }
  }

  @Test func `A file that is not there is an error that names it`() {
    let error = #expect(throws: CommandError.self) { try InputFile(path: "/nowhere/at all") }
    #expect(error?.description == "/nowhere/at all: No such file or directory")
  }
}

@Suite struct RecordReaderTests {
  /// The texts of a file's records, by line; problems in angle brackets.
  private func texts(
    _ content: String, name: String, _ arguments: [String] = []
  ) throws -> [String] {
    let file = try TemporaryFile(content, name: name)
    let options = try InputOptions.parse(["--input", file.path] + arguments)
    let reader = try options.reader()
    var result: [String] = []
    while let next = try reader.next() {
      switch next.record {
      case .success(let record):
        do throws(RecordProblem) {
          let tree = try options.tree(of: record)
          let texts = tree.nodes.map(\.message.text).joined(separator: " > ")
          result.append("\(next.number) \(texts)")
        } catch {
          result.append("\(next.number) <\(error.description)>")
        }
      case .failure(let problem): result.append("\(next.number) <\(problem.description)>")
      }
    }
    return result
  }

  @Test func `Plain lines are texts, empty ones too`() throws {
    #expect(try texts("a\n\n{\"text\": 1}\n", name: "x.txt") == ["1 a", "2 ", "3 {\"text\": 1}"])
  }

  @Test func `A bad line of JSON does not lose the others`() throws {
    let content = """
      {"text": "a"}
      {"text": "b"

      {"txt": "c"}
      {"text": "d", "replies": [{"text": "e"}]}
      {"text": "\\ud800"}


      """
    let found = try texts(content, name: "x.jsonl")
    #expect(found.count == 6)
    #expect(found[0] == "1 a")
    #expect(found[1].hasPrefix("2 <column "))
    #expect(found[2] == "3 <empty line>")
    #expect(found[3].hasPrefix("4 <column ") && found[3].contains("has no \"text\""))
    #expect(found[4] == "5 d > e")
    #expect(found[5] == "6 \u{FFFD}")
  }

  @Test func `The text may stand in another field`() throws {
    #expect(
      try texts(#"{"body": "a"}"#, name: "x.jsonl", ["--text-field", "body"]) == ["1 a"])
    #expect(
      try texts("id,body\n1,a\n", name: "x.csv", ["--text-field", "body"]) == ["2 a"])
  }

  @Test func `CSV fields may hold commas, quotes, line breaks and marks`() throws {
    let content =
      "id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\"\u{301}x\"\n\n3, d\u{2028}e \n4,\"x\"y\n5\n6,\"\"\n7,\"open"
    #expect(
      try texts(content, name: "X.CSV") == [
        "2 a, \"b\"\r\nc", "4 \u{301}x", "6  d\u{2028}e ",
        "7 <text after the closing quote of a field>", "8 <1 fields where the header has 2>", "9 ",
        "10 <a quoted field is not closed>",
      ])
  }

  @Test func `TSV has the rules of CSV with tabs`() throws {
    let content = "id\ttext\tcontext\r\n1\t\"a\t\"\"b\"\"\r\nc\"\tadult,bio\n2\td, e\t\n3\n"
    let found = try texts(content, name: "x.tsv")
    #expect(
      found == [
        "2 a\t\"b\"\r\nc", "4 d, e", "5 <1 fields where the header has 3>",
      ])
    #expect(try texts(content, name: "x", ["--input-format", "tsv"]) == found)
  }

  @Test func `CSV that is not UTF-8 costs its row alone`() throws {
    let file = try TemporaryFile(Array("text\n".utf8) + [0xFF] + Array("\nb\n".utf8), name: "x.csv")
    let reader = try InputOptions.parse(["--input", file.path]).reader()
    guard case .failure(let problem)? = try reader.next()?.record else {
      Issue.record("the row was taken")
      return
    }
    #expect(problem.description == "not valid UTF-8")
    #expect(try reader.next()?.number == 3)
  }

  @Test func `Classify and evaluate read the same texts from a file`() throws {
    let content = "text,a\r\n\"one\r\ntwo\",1\r\n \"x\" ,0\r\n\"bad\" row,1\r\n\rcr,1\r\n"
    let file = try TemporaryFile(content, name: "x.csv")
    var dataset = try DatasetOptions.parse(["--label", "a"]).reader(try InputFile(path: file.path))
    var annotated: [String] = []
    while let entry = try dataset.next() {
      switch entry {
      case .example(let example): annotated.append("\(example.line) \(example.text)")
      case .unreadable(let line): annotated.append("\(line.line) <\(line.reason)>")
      }
    }
    #expect(try texts(content, name: "x.csv") == annotated)
    #expect(annotated.count == 4)
  }

  @Test func `A line beyond the limit is its line's error`() throws {
    let long = String(repeating: "x", count: ByteStream.longestLine + 1)
    let reason = "<longer than \(ByteStream.longestLine) bytes>"
    #expect(try texts("\(long)\na\n", name: "x.txt") == ["1 \(reason)", "2 a"])
    #expect(try texts("\(long)\n{\"text\": \"a\"}\n", name: "x.jsonl") == ["1 \(reason)", "2 a"])
    #expect(try texts("text\n\(long)\na\n", name: "x.csv") == ["2 \(reason)", "3 a"])
  }

  @Test func `A CSV file with two columns of the text's name is an error`() throws {
    let file = try TemporaryFile("text,text\na,b\n", name: "x.csv")
    let error = #expect(throws: CommandError.self) {
      try InputOptions.parse(["--input", file.path]).reader()
    }
    #expect(error?.description.contains("2 columns are named \"text\"") == true)
  }

  @Test func `A CSV file without the column is an error that lists those it has`() throws {
    let file = try TemporaryFile("id,body\n1,a\n", name: "x.csv")
    let error = #expect(throws: CommandError.self) {
      try InputOptions.parse(["--input", file.path]).reader()
    }
    #expect(error?.description.contains("\"id\", \"body\"") == true)
  }

  @Test func `A JSON file holds comments with their replies`() throws {
    let content = #"[{"text": "a", "replies": [{"text": "b"}]}, {"text": "c"}]"#
    #expect(try texts(content, name: "tree.json") == ["1 a > b", "2 c"])
  }

  @Test func `The format can be forced`() throws {
    #expect(
      try texts(#"{"text": "a"}"#, name: "x", ["--input-format", "jsonl"]) == ["1 a"])
    #expect(
      try texts(#"{"text": "a"}"#, name: "x.jsonl", ["--input-format", "lines"])
        == [#"1 {"text": "a"}"#])
  }
}

@Suite struct BatchRunTests {
  /// The text of a line.
  private static func text(of record: Record) throws(RecordProblem) -> String {
    guard case .text(let text) = record else { throw RecordProblem("no text") }
    return text
  }

  @Test func `An error of one record is its line's own`() throws {
    let file = try TemporaryFile("1\n2\n0\n4\n")
    var emitted: [String] = []
    var complaints: [String] = []
    var run = BatchRun(title: "test")
    run.complain = { complaints.append($0) }
    struct Zero: Error, CustomStringConvertible { let description = "a zero" }
    #expect(throws: (any Error).self) {
      try run.run(
        try RecordReader(path: file.path, format: .lines),
        prepare: Self.text(of:),
        work: { texts in
          if texts.contains("0") { throw Zero() }
          return texts
        },
        emit: { (line, result: Result<String, RecordProblem>) in
          switch result {
          case .success(let text): emitted.append("\(line): \(text)")
          case .failure(let problem): emitted.append("\(line): <\(problem)>")
          }
        })
    }
    #expect(emitted == ["1: 1", "2: 2", "3: <a zero>", "4: 4"])
    #expect(complaints == ["line 3: a zero", "1 of 4 lines could not be used"])
  }

  @Test func `row "a batch": records of more bytes together wait for the next`() throws {
    let file = try TemporaryFile("aaaa\nbbbbb\nc\n" + #"{"text": "d"}"# + "\n", name: "x.txt")
    var run = BatchRun(title: "test")
    #expect(run.batchBytes == 1 << 20)
    run.batchBytes = 9
    var batches: [[String]] = []
    try run.run(
      try RecordReader(path: file.path, format: .lines),
      prepare: Self.text(of:),
      work: { texts in
        batches.append(texts)
        return texts
      },
      emit: { (_, _: Result<String, RecordProblem>) in })
    #expect(batches == [["aaaa", "bbbbb"], ["c", #"{"text": "d"}"#]])
  }

  @Test(arguments: [1, 2, 3, 64])
  func `Results come in order, problems in their place`(batchSize: Int) throws {
    let file = try TemporaryFile("1\nx\n3\n4\ny\n6\n")
    let reader = try RecordReader(path: file.path, format: .lines)
    var batches: [Int] = []
    var emitted: [String] = []
    var run = BatchRun(title: "test")
    run.batchSize = batchSize
    run.complain = { _ in }
    #expect(throws: (any Error).self) {
      try run.run(
        reader,
        prepare: { record throws(RecordProblem) in
          guard case .text(let text) = record, let number = Int(text) else {
            throw RecordProblem("no number")
          }
          return number
        },
        work: { numbers in
          batches.append(numbers.count)
          return numbers.map { $0 * 10 }
        },
        emit: { line, result in
          switch result {
          case .success(let number): emitted.append("\(line): \(number)")
          case .failure(let problem): emitted.append("\(line): \(problem.description)")
          }
        })
    }
    #expect(
      emitted == ["1: 10", "2: no number", "3: 30", "4: 40", "5: no number", "6: 60"])
    #expect(batches.reduce(0, +) == 4)
    #expect(batches.allSatisfy { (1...batchSize).contains($0) })
  }
}
