import Testing

@testable import JSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

private enum FileError: JSONFileError, Equatable, CustomStringConvertible {
  case json(file: String, JSONError)
  case unreadable(file: String, reason: String)

  var description: String {
    switch self {
    case .json(let file, let error): "\(file): \(error)"
    case .unreadable(let file, let reason): "\(file): \(reason)"
    }
  }
}

private enum Side: String, CaseIterable {
  case left, right
}

private typealias Reader = JSONReader<FileError>

@Suite struct JSONReaderTests {
  private let text = """
    {"name": "a", "none": null, "size": 3, "rate": 0.5, "on": true, "side": "right",
     "words": ["x", "y"], "sides": ["left"], "sizes": [1, 2], "rates": [1, 0.5],
     "model": {"layers": [{"kind": "dense"}, {"kind": 7}]}}
    """

  private func reader(_ text: String? = nil) throws -> Reader {
    try Reader(parsing: Array((text ?? self.text).utf8), file: "config.json")
  }

  private func message(_ read: (Reader) throws -> Void) throws -> String {
    let reader = try reader()
    do {
      try read(reader)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `values of every kind are read by their keys`() throws {
    let reader = try reader()
    #expect(try reader.string("name") == "a")
    #expect(try reader.int("size", in: 1...3) == 3)
    #expect(try reader.double("rate") == 0.5)
    #expect(try reader.float("rate") == 0.5)
    #expect(try reader.bool("on"))
    #expect(try reader.choice("side", of: Side.self) == .right)
    #expect(try reader.strings("words") == ["x", "y"])
    #expect(try reader.optionalChoices("sides", of: Side.self) == [.left])
    #expect(try reader.ints("sizes") == [1, 2])
    #expect(try reader.doubles("rates") == [1, 0.5])
    #expect(try reader.array("rates").count == 2)
    #expect(try reader.reader("model").readers("layers")[0].string("kind") == "dense")
  }

  @Test func `an absent key and null are nil where that is allowed`() throws {
    let reader = try reader()
    for key in ["none", "absent"] {
      #expect(reader.optionalValue(key) == nil)
      #expect(try reader.optionalString(key) == nil)
      #expect(try reader.optionalInt(key) == nil)
      #expect(try reader.optionalDouble(key) == nil)
      #expect(try reader.optionalBool(key) == nil)
      #expect(try reader.optionalStrings(key) == nil)
      #expect(try reader.optionalChoice(key, of: Side.self) == nil)
      #expect(try reader.optionalReader(key) == nil)
      #expect(try reader.optionalReaders(key) == nil)
      #expect(throws: FileError.json(file: "config.json", .missing(path: key))) {
        try reader.string(key)
      }
    }
  }

  @Test func `errors name the file and the path of the key`() throws {
    #expect(
      try message { _ = try $0.int("name") }
        == "config.json: name should be an integer but is a string")
    #expect(
      try message { _ = try $0.int("size", in: 4...9) } == "config.json: size is 3, outside 4...9")
    #expect(
      try message { _ = try $0.int("size", in: 4 ... .max) }
        == "config.json: size is 3, less than 4")
    #expect(
      try message { _ = try $0.choice("name", of: Side.self) }
        == "config.json: name is \"a\", which is not one of \"left\", \"right\"")
    #expect(
      try message { _ = try $0.ints("words") }
        == "config.json: words[0] should be an integer but is a string")
    #expect(
      try message { _ = try $0.reader("name") }
        == "config.json: name should be an object but is a string")
    #expect(
      try message { _ = try $0.readers("sizes") }
        == "config.json: sizes[0] should be an object but is a number")
    #expect(
      try message { _ = try $0.reader("model").readers("layers")[1].string("kind") }
        == "config.json: model.layers[1].kind should be a string but is a number")
    #expect(
      try message { throw try $0.reader("model").invalid("layers", "are too many") }
        == "config.json: model.layers are too many")
  }

  @Test func `a key that nobody asked for is an error unless it is listed as without effect`()
    throws
  {
    let reader = try reader(#"{"a": {"b": 1, "c": 2}, "d": 3}"#)
    let inner = try reader.reader("a")
    _ = try inner.int("b")
    #expect(throws: FileError.json(file: "config.json", .unknownKey(path: "a.c"))) {
      try inner.end()
    }
    try inner.end(ignoring: ["c"])
    #expect(throws: FileError.json(file: "config.json", .unknownKey(path: "d"))) {
      try reader.end()
    }
    _ = reader.optionalValue("d")
    try reader.end()
  }

  @Test func `a file that cannot be read is an error that names it`() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "no-such-folder/x.json")
    #expect(throws: FileError.unreadable(file: url.path, reason: "no such file")) {
      try Reader(contentsOf: url)
    }
  }

  @Test func `a file beside it whose name begins alike is named`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "json-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "config.json")
    for name in ["config (1).json", "config.json.txt", "Config.json"] {
      let other = folder.appending(path: name)
      try Data("{}".utf8).write(to: other)
      #expect(
        throws: FileError.unreadable(file: url.path, reason: "no such file; is it \(name)?")
      ) { try Reader(contentsOf: url) }
      try FileManager.default.removeItem(at: other)
    }
    try Data("{}".utf8).write(to: folder.appending(path: "tokenizer_config.json"))
    #expect(throws: FileError.unreadable(file: url.path, reason: "no such file")) {
      try Reader(contentsOf: url)
    }
  }
}

@Suite struct MisplacedContentTests {
  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "a Git LFS pointer"),
    ("<!DOCTYPE html>\n<html></html>", "an HTML or XML page"),
    ("\n <html lang=\"en\">", "an HTML or XML page"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an HTML or XML page"),
    ("PK\u{3}\u{4}archive/data.pkl", "a zip archive"),
  ])
  func `other content where JSON should be is named`(content: String, name: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: content) }
    #expect(error?.description.contains("found \(name)") == true, "\(error.debugDescription)")
  }

  @Test func `bytes that are no text are named too`() {
    #expect(FileContent.misplaced([0x80, 0x04, 0x95, 0, 0])?.contains("pickle") == true)
    #expect(FileContent.misplaced([0xFF, 0xFE, 0x7B, 0])?.contains("UTF-16") == true)
    #expect(FileContent.misplaced([0x1F, 0x8B, 8])?.contains("gzip") == true)
    #expect(FileContent.misplaced(Array("{\"a\": \"<html>\"}".utf8)) == nil)
    #expect(FileContent.misplaced([]) == nil)
  }

  @Test func `a tag behind the first value is an unexpected character`() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[1] <html>") }
    #expect(
      error?.description == "line 1, column 5: expected the end of the text, found '<'")
  }
}
