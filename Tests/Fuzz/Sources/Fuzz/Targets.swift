import Foundation

@testable import Heads
@testable import JSON
@testable import Safetensors
@testable import Tokenizers
@testable import Transformer

/// A reader under test.
struct Target {
  let name: String
  let corpus: [[UInt8]]
  var mend: ([UInt8]) -> [UInt8] = { $0 }
  /// Reads the input and uses what it gives; the answer tells one behaviour from another.
  let run: ([UInt8]) -> String
}

/// What an input led to: the error without its numbers and quotations, or that it was accepted.
func answer(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "accepted"
  } catch {
    var isQuoted = false
    var words: [UInt8] = []
    for byte in "\(type(of: error)): \(error)".utf8 where words.count < 80 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { isQuoted.toggle() }
      let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      if !isQuoted && isLetter || byte == 0x20 { words.append(byte) }
    }
    return String(decoding: words, as: UTF8.self)
  }
}

/// An answer whose names are left out too: its first two words, and how many follow.
func brief(_ answer: String) -> String {
  let words = answer.split(separator: " ")
  return words.prefix(2).joined(separator: " ") + " \(words.count)"
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}

enum Targets {
  static func all(root: URL, scratch: URL) throws -> [Target] {
    let fixtures = root.appending(path: "Tests/Fixtures")
    let corpus = root.appending(path: "Tests/Fuzz/Corpus")
    let heads = try files(fixtures.appending(path: "heads")) { $0.hasSuffix("/head.json") }
    return [
      json(heads + (try files(corpus.appending(path: "tokenizer")))),
      try safetensors(fixtures, scratch),
      try index(fixtures, scratch),
      try pickle(corpus),
      try archive(fixtures),
      try head(heads, fixtures, scratch),
      try weights(fixtures, scratch),
      try lightGBM(fixtures, scratch),
      Target(name: "tokenizer", corpus: try files(corpus.appending(path: "tokenizer"))) { bytes in
        answer { encode(try Tokenizer(json: bytes)) }
      },
      Target(
        name: "sentencepiece", corpus: try files(corpus.appending(path: "sentencepiece"))
      ) { bytes in
        answer {
          encode(try Tokenizer(sentencePiece: bytes, family: .deberta))
          encode(try Tokenizer(sentencePiece: bytes, family: .xlmRoberta))
        }
      },
      Target(name: "vocabulary", corpus: try files(corpus.appending(path: "vocabulary"))) { bytes in
        answer { encode(try Tokenizer(vocabulary: bytes)) }
      },
      try model(fixtures, scratch),
    ]
  }

  private static func files(_ folder: URL, where isWanted: (String) -> Bool = { _ in true }) throws
    -> [[UInt8]]
  {
    var result: [[UInt8]] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      let url = folder.appending(path: name)
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      guard !isFolder, isWanted("/" + name) else { continue }
      result.append([UInt8](try Data(contentsOf: url)))
    }
    guard !result.isEmpty else { throw Failure(description: "\(folder.path): no files") }
    return result
  }

  private static func folder(_ name: String, in scratch: URL) throws -> URL {
    let folder = scratch.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func json(_ corpus: [[UInt8]]) -> Target {
    Target(name: "json", corpus: corpus) { bytes in
      answer {
        // A text that can be read means the same after it was written.
        let value = try JSONValue(parsing: bytes, options: .texts)
        guard try JSONValue(parsing: value.encoded()) == value else {
          fatalError("written JSON differs")
        }
        var scanner = JSONScanner(bytes, options: .texts)
        try scanner.skip()
        try scanner.end()
      }
    }
  }

  private static func read(_ checkpoint: Checkpoint) throws {
    for name in checkpoint.names {
      let tensor = try checkpoint.tensor(named: name)
      guard tensor.bytes().count == tensor.byteCount else { fatalError("bytes are missing") }
      _ = try? tensor.floats()
      _ = try? tensor.doubles()
      _ = try? tensor.int64s()
    }
  }

  private static func safetensors(_ fixtures: URL, _ scratch: URL) throws -> Target {
    let corpus =
      try files(fixtures.appending(path: "safetensors")) { $0.hasSuffix(".safetensors") }
      + files(fixtures.appending(path: "heads/mlp-float32")) { $0.hasSuffix(".safetensors") }
    return Target(name: "safetensors", corpus: corpus, mend: Mending.safetensors) { bytes in
      answer { try read(try Checkpoint(bytes: bytes)) }
    }
  }

  private static func index(_ fixtures: URL, _ scratch: URL) throws -> Target {
    let folder = try folder("index", in: scratch)
    let source = fixtures.appending(path: "heads/mlp-float32/head.safetensors")
    for name in ["a.safetensors", "b.safetensors"] {
      let data = try Data(contentsOf: source)
      try data.write(to: folder.appending(path: name))
    }
    let names = try Checkpoint(contentsOf: source).names
    func map(_ shard: String) -> String {
      names.map { "\"\($0)\":\"\(shard)\"" }.joined(separator: ",")
    }
    let texts = [
      "{\"metadata\":{\"total_size\":1},\"weight_map\":{\(map("a.safetensors"))}}",
      "{\"weight_map\":{\"x\":\"b.safetensors\",\(map("a.safetensors"))}}",
    ]
    let url = folder.appending(path: "model.safetensors.index.json")
    return Target(name: "index", corpus: texts.map { Array($0.utf8) }) { bytes in
      answer {
        try Data(bytes).write(to: url)
        try read(try Checkpoint(contentsOf: url))
      }
    }
  }

  /// The pickle by itself, in an archive that is whole: its storages have the sizes that it says.
  private static func pickle(_ corpus: URL) throws -> Target {
    Target(name: "pickle", corpus: try files(corpus.appending(path: "pickle"))) { bytes in
      // The names of globals and tensors are the file's own.
      let answer = answer {
        var reader = PickleReader(bytes)
        let value = try reader.read()
        var sizes: [String: Int] = [:]
        for (_, tensor) in try reader.stateDictionary(value) {
          let storage = tensor.storage
          let width = storage.elementType.bitWidth / 8
          sizes[storage.key] = storage.count < 1024 ? storage.count * width : 1024
        }
        var entries = [ZipFile.Entry("m/data.pkl", bytes)]
        for (key, size) in sizes.sorted(by: { $0.key < $1.key }) where key.utf8.count < 100 {
          entries.append(ZipFile.Entry("m/data/" + key, [UInt8](repeating: 1, count: size)))
        }
        try read(try Checkpoint(bytes: ZipFile(entries: entries).bytes))
      }
      return answer == "accepted" ? answer : brief(answer)
    }
  }

  /// The archive of zip around pickle and storages.
  private static func archive(_ fixtures: URL) throws -> Target {
    let corpus = try files(fixtures.appending(path: "pytorch")) { $0.hasSuffix(".bin") }
    return Target(name: "archive", corpus: corpus, mend: Mending.archive) { bytes in
      let answer = answer { try read(try Checkpoint(bytes: bytes)) }
      return answer == "accepted" ? answer : brief(answer)
    }
  }

  private static func score(_ head: Head) throws {
    // A file may ask for more columns than any row of a test should have.
    guard head.inputSize <= 10_000 else { return }
    let values: [Double] = [0, 1, -1, 1e300, -1e-40, 40, 2_147_483_648, 0.5]
    let rows = (0..<head.inputSize * 6).map { values[$0 % values.count] }
    _ = try head.scores(rows, count: 6)
    var missing = rows
    for index in stride(from: 0, to: missing.count, by: 3) { missing[index] = .nan }
    for index in stride(from: 1, to: missing.count, by: 7) { missing[index] = .infinity }
    // Most heads refuse these.
    _ = try? head.scores(missing, count: 6)
  }

  private static func head(
    _ corpus: [[UInt8]], _ fixtures: URL, _ scratch: URL
  ) throws -> Target {
    let folder = try folder("head", in: scratch)
    let source = fixtures.appending(path: "heads/mlp-relu-binary/head.safetensors")
    try Data(contentsOf: source).write(to: folder.appending(path: "head.safetensors"))
    let url = folder.appending(path: "head.json")
    let mine = [UInt8](
      try Data(contentsOf: fixtures.appending(path: "heads/mlp-relu-binary/head.json")))
    // The description that fits the weights stands for half of the corpus.
    return Target(
      name: "head", corpus: corpus + [[UInt8]](repeating: mine, count: corpus.count)
    ) { bytes in
      answer {
        try Data(bytes).write(to: url)
        try score(try Head(contentsOf: folder))
      }
    }
  }

  private static func weights(_ fixtures: URL, _ scratch: URL) throws -> Target {
    let folder = try folder("weights", in: scratch)
    let source = fixtures.appending(path: "heads/calibrated-isotonic-binary")
    let description = try Data(contentsOf: source.appending(path: "head.json"))
    try description.write(to: folder.appending(path: "head.json"))
    let bytes = [UInt8](try Data(contentsOf: source.appending(path: "head.safetensors")))
    let url = folder.appending(path: "head.safetensors")
    return Target(name: "weights", corpus: [bytes], mend: Mending.safetensors) { bytes in
      answer {
        try Data(bytes).write(to: url)
        try score(try Head(contentsOf: folder))
      }
    }
  }

  private static func lightGBM(_ fixtures: URL, _ scratch: URL) throws -> Target {
    let folder = try folder("lightgbm", in: scratch)
    let corpus = try files(fixtures.appending(path: "heads/lightgbm")) { $0.hasSuffix(".txt") }
    let url = folder.appending(path: "model.txt")
    return Target(name: "lightgbm", corpus: corpus, mend: Mending.lightGBM) { bytes in
      answer {
        try Data(bytes).write(to: url)
        try score(try Head(contentsOf: url))
      }
    }
  }

  private static let texts = [
    "", "The end!", "  the\té\u{301} 中文 <mention> [MASK] ﬁ½\u{A0}\u{200B}👩‍👩‍👧 12345 $%",
    String(repeating: "the ", count: 40), String(repeating: "ß", count: 130), "\u{0}\u{FFFD}\r\n",
  ]

  private static func encode(_ tokenizer: Tokenizer) {
    for text in texts {
      _ = tokenizer.encode(text)
      let encoding = tokenizer.encode(text, pair: "the", maximumLength: 9)
      _ = encoding.utf16Offsets(in: text, pair: "the")
      for id in encoding.ids.prefix(4) { _ = tokenizer.token(for: id) }
    }
  }

  private static func model(_ fixtures: URL, _ scratch: URL) throws -> Target {
    let models = fixtures.appending(path: "transformers/models")
    let folder = try folder("model", in: scratch)
    let source = models.appending(path: "deberta-both-own-linear")
    try Data(contentsOf: source.appending(path: "model.safetensors"))
      .write(to: folder.appending(path: "model.safetensors"))
    let mine = [UInt8](try Data(contentsOf: source.appending(path: "config.json")))
    let corpus = try files(models) { $0.hasSuffix("/config.json") }
    let url = folder.appending(path: "config.json")
    return Target(
      name: "model", corpus: corpus + [[UInt8]](repeating: mine, count: corpus.count)
    ) { bytes in
      answer {
        try Data(bytes).write(to: url)
        let encoder = try Encoder(contentsOf: folder)
        _ = try encoder.hiddenStates(of: [[1, 2, 3, 4, 5]])
      }
    }
  }
}
