import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenizers

/// Tokenizer classes, and the keys of the files beside a `tokenizer.json`.
@Suite struct ClassTests {
  /// One entry of `goldens/classes.json`.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let tokenizer: String
    let value: JSONValue

    var testDescription: String { "\(name) (\(tokenizer))" }
  }

  static let golden = try? Fixtures.golden("classes")
  /// The tokenizer.json files by name.
  static let files: [String: [UInt8]] = {
    guard case .object(let object)? = golden?["tokenizers"] else { return [:] }
    return Dictionary(uniqueKeysWithValues: object.map { ($0, $1.encoded()) })
  }()
  static let cases: [Case] =
    (try? golden?.array("cases").map { entry in
      Case(
        name: try entry.string("name"), tokenizer: try entry.string("tokenizer"), value: entry)
    }) ?? []

  /// Loads a tokenizer from files in a folder of their own.
  static func load(_ files: [String: [UInt8]]) throws -> Tokenizer {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
    return try Tokenizer(contentsOf: folder)
  }

  @Test(arguments: ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"])
  func `A file that is a link to nothing is an error, not one that was never there`(name: String)
    throws
  {
    let tokenizer = try #require(Self.files.values.first)
    let folder = try TemporaryFolder()
    try folder.write(tokenizer, to: "tokenizer.json")
    _ = try Tokenizer(contentsOf: folder.url)
    // As a snapshot of the Hugging Face cache whose blob was removed.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(of: name), withDestinationPath: "../../blobs/lost")
    #expect {
      _ = try Tokenizer(contentsOf: folder.url)
    } throws: {
      "\($0)".contains(name)
    }
  }

  /// Loads one of the goldens' tokenizers with a `tokenizer_config.json`.
  static func load(_ tokenizer: String, _ configuration: String) throws -> Tokenizer {
    let file = try #require(files[tokenizer])
    return try load([
      "tokenizer.json": file, "tokenizer_config.json": Array(configuration.utf8),
    ])
  }

  private func message(_ configuration: String) -> String {
    do {
      _ = try Self.load("bert", configuration)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(arguments: cases)
  func `ids, types, offsets and limits are those of transformers`(_ entry: Case) throws {
    let golden = try #require(Self.golden)
    var files = ["tokenizer.json": try #require(Self.files[entry.tokenizer])]
    guard case .object(let beside) = try entry.value.value("files") else { return }
    for (name, content) in beside { files[name] = content.encoded() }
    let tokenizer = try Self.load(files)
    let maximum = try entry.value.optionalInt("maximum")
    #expect(tokenizer.modelMaximumLength == maximum)
    let results = try entry.value.array("results")
    let texts = try golden.strings("texts")
    try #require(results.count == texts.count)
    for (text, result) in zip(texts, results) {
      let encoding = tokenizer.encode(text, maximumLength: maximum)
      #expect(encoding.ids.map(Int.init) == (try result.ints("ids")), "of \(text)")
      #expect(tokenizer.hasTypeIDs == (result["types"] != nil))
      if tokenizer.hasTypeIDs {
        #expect(encoding.typeIDs.map(Int.init) == (try result.ints("types")), "of \(text)")
      }
      guard result["offsets"] != nil else { continue }
      let offsets = encoding.scalarOffsets(in: text).flatMap { [$0.lowerBound, $0.upperBound] }
      #expect(offsets == (try result.ints("offsets")), "of \(text)")
    }
  }

  @Test func `there are goldens for the classes`() { #expect(Self.cases.count > 300) }

  @Test(arguments: [
    ("BertJapaneseTokenizer", "runs it as Python code"), ("MBartTokenizer", "of a language"),
    ("RoFormerTokenizerFast", "Jieba"), ("NovelTokenizer", #"unknown tokenizer class "Novel"#),
  ])
  func `a class that tokenizes in another way is refused by name`(
    name: String, expected: String
  ) {
    let message = message(#"{"tokenizer_class": "\#(name)"}"#)
    #expect(message.contains("tokenizer_config.json.tokenizer_class"))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [
    #""fast_tokenizer_files": ["tokenizer.4.0.0.json", "tokenizer.json"]"#, #""from_slow": true"#,
    #""init_inputs": ["vocab.txt"]"#, #""fix_mistral_regex": true"#,
    #""tokenizer_class": "LlamaTokenizer", "add_prefix_space": true"#,
    #""truncation_side": "middle""#, #""model_max_length": -1"#, #""model_max_length": "512""#,
    #""model_input_names": "input_ids""#, #""additional_special_tokens": "<x>""#,
    #""extra_special_tokens": 3"#, #""mask_token": 3"#, #""do_lower_case": "yes""#,
    #""added_tokens_decoder": {"first": "a"}"#,
  ])
  func `a key that is not followed, or makes no sense, is an error with its name`(keys: String) {
    let message = message("{\(keys)}")
    let key = keys.split(separator: "\"").dropLast().last { $0.contains("_") && !$0.contains(".") }
    #expect(message.contains("tokenizer_config.json"), "\(message)")
    #expect(message.contains(key ?? "?"), "\(message)")
  }

  @Test func `keys that no class knows are named`() throws {
    let tokenizer = try Self.load(
      "bert", #"{"do_lowercase": true, "do_lower_case": true, "padding_side": "left"}"#)
    #expect(tokenizer.unknownKeys == ["do_lowercase"])
  }

  @Test func `a list of extra tokens, as transformers 5 has it, is one of special tokens`() throws {
    let tokenizer = try Self.load("bert", #"{"extra_special_tokens": ["<y>"]}"#)
    #expect(tokenizer.encode("a <y>", addingSpecialTokens: false).ids == [5, 38])
  }

  @Test func `transformers 5's class for any tokenizer takes the file as it is`() throws {
    let tokenizer = try Self.load("bert-cased", #"{"tokenizer_class": "TokenizersBackend"}"#)
    #expect(tokenizer.encode("A a", addingSpecialTokens: false).ids == [19, 5])
  }

  @Test func `a folder with nothing but tokenizer.json has a tokenizer`() throws {
    let tokenizer = try Self.load(["tokenizer.json": try #require(Self.files["bert"])])
    #expect(tokenizer.encode("a b").ids == [2, 5, 6, 3])
  }

  @Test func `lowercasing goes in front of the normaliser and behind the special tokens`() throws {
    var tokenizer = try Self.load("plain", #"{"mask_token": "[MASK]"}"#)
    tokenizer.lowercase()
    #expect(tokenizer.encode("A [MASK] FOO").ids == [5, 4, 26])
    var sequence = try Self.load("bert-sequence", "{}")
    sequence.lowercase()
    #expect(sequence.encode("A É", addingSpecialTokens: false).ids == [5, 22])
  }
}
