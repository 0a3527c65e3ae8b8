import Foundation
import JSON
import Testing

@testable import Tokenizers

/// Folders of tokenizers as models are published with them, most of them without `tokenizer.json`.
@Suite struct SourceFileTests {
  /// One entry of `goldens/folders.json`.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let value: JSONValue

    var testDescription: String { name }
  }

  static let golden = try? Fixtures.golden("folders")
  static let cases: [Case] =
    (try? golden?.array("cases").map { Case(name: try $0.string("name"), value: $0) }) ?? []

  /// The files of one of the goldens' tokenizers, by name.
  static func files(_ tokenizer: String) throws -> [String: [UInt8]] {
    let set = try #require(golden).value("tokenizers").value(tokenizer)
    return try bytes(of: set)
  }

  /// A text stands for itself, and an object for the bytes that it has in base64.
  private static func bytes(of set: JSONValue) throws -> [String: [UInt8]] {
    guard case .object(let object) = set else { return [:] }
    var files: [String: [UInt8]] = [:]
    for (name, content) in object {
      if case .string(let text) = content {
        files[name] = Array(text.utf8)
      } else {
        files[name] = [UInt8](try #require(Data(base64Encoded: content.string("base64"))))
      }
    }
    return files
  }

  private func message(_ files: [String: [UInt8]]) -> String {
    do {
      _ = try ClassTests.load(files)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(arguments: cases)
  func `ids, types and offsets are those of transformers`(_ entry: Case) throws {
    let golden = try #require(Self.golden)
    var files = try Self.files(entry.value.string("tokenizer"))
    files.merge(try Self.bytes(of: entry.value.value("files"))) { $1 }
    let tokenizer = try ClassTests.load(files)
    let results = try entry.value.array("results")
    let texts = try golden.strings("texts")
    try #require(results.count == texts.count)
    for (text, result) in zip(texts, results) {
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids.map(Int.init) == (try result.ints("ids")), "of \(text)")
      let offsets = encoding.scalarOffsets(in: text).flatMap { [$0.lowerBound, $0.upperBound] }
      #expect(offsets == (try result.ints("offsets")), "of \(text)")
      #expect(tokenizer.hasTypeIDs == (result["types"] != nil))
      if tokenizer.hasTypeIDs {
        #expect(encoding.typeIDs.map(Int.init) == (try result.ints("types")), "of \(text)")
      }
    }
  }

  @Test func `there are goldens for every kind of files`() throws {
    #expect(Self.cases.count > 70)
    let kinds = Set(try Self.cases.map { try $0.value.string("tokenizer") })
    #expect(kinds.count == 15)
  }

  /// The text and its ids come from the real tokenizer of jina-embeddings-v5-text-small. Here the
  /// vocabulary has these ids and the beginnings of the words, each made by one merge.
  @Test(arguments: [
    (
      "Query: How fast does light travel in a vacuum?",
      ["Query", ":", "ĠHow", "Ġfast", "Ġdoes", "Ġlight", "Ġtravel", "Ġin", "Ġa", "Ġvacuum", "?"],
      [2859, 25, 2585, 4937, 1558, 3100, 5821, 304, 264, 28202, 30]
    ),
    (
      "Document: In a vacuum, light travels 299,792,458 metres every second - a universal constant "
        + "of nature.",
      [
        "Document", ":", "ĠIn", "Ġa", "Ġvacuum", ",", "Ġlight", "Ġtravels", "Ġ", "2", "9", "9", ",",
        "7", "9", "2", ",", "4", "5", "8", "Ġmetres", "Ġevery", "Ġsecond", "Ġ-", "Ġa", "Ġuniversal",
        "Ġconstant", "Ġof", "Ġnature", ".",
      ],
      [
        7524, 25, 758, 264, 28202, 11, 3100, 34192, 220, 17, 24, 24, 11, 22, 24, 17, 11, 19, 20, 23,
        36256, 1449, 2086, 481, 264, 20178, 6783, 315, 6993, 13,
      ]
    ),
  ])
  func `texts are cut and numbered as by the tokenizer of jina-small`(
    text: String, tokens: [String], ids: [Int]
  ) throws {
    var vocabulary: [String: Int] = [:]
    for (token, id) in zip(tokens, ids) { vocabulary[token] = id }
    var merges = "#version: 0.2\n"
    var free = 40_000
    for word in vocabulary.keys.sorted() {
      for end in word.indices.dropFirst() {
        let (left, right) = (String(word[..<end]), String(word[end]))
        for part in [left, right, left + right] where vocabulary[part] == nil {
          vocabulary[part] = free
          free += 1
        }
        merges += "\(left) \(right)\n"
      }
    }
    let entries = vocabulary.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    let tokenizer = try ClassTests.load([
      "vocab.json": Array("{\(entries)}".utf8), "merges.txt": Array(merges.utf8),
      "config.json": Array(#"{"model_type": "qwen3"}"#.utf8),
    ])
    #expect(tokenizer.encode(text).ids.map(Int.init) == ids)
  }

  @Test func `NomicBERT has BERT's tokenizer, as in transformers 5`() throws {
    var files = try Self.files("bert")
    files["config.json"] = Array(#"{"model_type": "nomic_bert"}"#.utf8)
    #expect(try ClassTests.load(files).encode("You idiot").ids.first == 2)
  }

  @Test func `a BERT with the files of GPT-2 is an error that says where its own are`() throws {
    var files = try Self.files("gpt2")
    files["config.json"] = Array(#"{"model_type": "bert"}"#.utf8)
    let message = message(files)
    #expect(
      message.contains("BertTokenizer is read from tokenizer.json or vocab.txt"), "\(message)")
    #expect(message.contains("the folder has vocab.json and merges.txt"), "\(message)")
    #expect(message.contains("of the model that this one was trained from"), "\(message)")
  }

  @Test(arguments: ["vocab.json", "merges.txt"])
  func `half of the files is an error that names both`(name: String) throws {
    var files = try Self.files("roberta")
    files["config.json"] = Array(#"{"model_type": "roberta"}"#.utf8)
    files[name] = nil
    #expect(message(files).contains("tokenizer.json or vocab.json and merges.txt"))
  }

  @Test func `files of several classes without the name of one are an error`() throws {
    let message = message(try Self.files("gpt2"))
    #expect(message.contains("vocab.json: is not read for PreTrainedTokenizer"), "\(message)")
    #expect(message.contains("AutoTokenizer"), "\(message)")
  }

  @Test(arguments: ["PreTrainedTokenizerFast", "GemmaTokenizer", "T5Tokenizer"])
  func `a class that is read from tokenizer.json alone says so`(name: String) throws {
    var files = try Self.files("albert")
    files["tokenizer_config.json"] = Array(#"{"tokenizer_class": "\#(name)"}"#.utf8)
    #expect(message(files).contains("spiece.model: is not read for"))
  }

  @Test(arguments: [
    ("#version: 0.2\na b\na b c\n", "line 3"), ("#version: 0.2\na\n", "line 2"),
    ("#version: 0.2\na 中\n", #"merges.txt[0]: "中" is not in the vocabulary"#),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "a Git LFS pointer"),
  ])
  func `a damaged merges.txt is an error with its place`(text: String, expected: String) throws {
    var files = try Self.files("roberta")
    files["config.json"] = Array(#"{"model_type": "roberta"}"#.utf8)
    files["merges.txt"] = Array(text.utf8)
    let message = message(files)
    #expect(message.contains("merges.txt") && message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    ("[1]", "vocab.json"), (#"{"a": "b"}"#, "vocab.json"), (#"{"a": 1, "b": 1}"#, "share the id 1"),
    ("<!DOCTYPE html>", "an HTML or XML page"),
  ])
  func `a damaged vocab.json is an error that names it`(text: String, expected: String) throws {
    var files = try Self.files("roberta")
    files["config.json"] = Array(#"{"model_type": "roberta"}"#.utf8)
    files["vocab.json"] = Array(text.utf8)
    files["merges.txt"] = Array("#version: 0.2\n".utf8)
    let message = message(files)
    #expect(message.contains("vocab.json") && message.contains(expected), "\(message)")
  }

  @Test func `a folder without a tokenizer names the files that are looked for`() {
    let message = message(["config.json": Array(#"{"model_type": "bert"}"#.utf8)])
    #expect(message.contains("no tokenizer.json, nor any of vocab.txt, vocab.json"), "\(message)")
  }
}
