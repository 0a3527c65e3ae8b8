import Foundation

@testable import JSON
@testable import Moderation
@testable import ModerationEvaluation
@testable import Respelling
@testable import Tokenizers

/// Readers of texts: JSON and what is written in it, tables, trees, lists of words, patterns.
extension Targets {
  static let texts: [Named] = [
    ("json", json), ("bundle", bundle), ("tree", tree), ("csv", csv), ("lines", lines),
    ("words", words), ("expression", expression), ("tokenizer", tokenizer),
    ("sentencepiece", sentencePiece), ("vocabulary", vocabulary), ("merges", merges),
    ("settings", settings),
  ]

  private static func json(_ materials: Materials) throws -> Target {
    let heads = try materials.files(materials.fixtures.appending(path: "heads")) {
      $0.hasSuffix("/head.json")
    }
    let tokenizers = try materials.files(materials.corpus.appending(path: "tokenizer"))
    return Target(seeds: heads + tokenizers) { bytes in
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

  private static func bundle(_ materials: Materials) throws -> Target {
    let weights = materials.root.appending(path: "Weights")
    let seeds = try ["balance-tes-haters", "char-word", "direction-of-harm", "lilith", "minilm"].map
    {
      [UInt8](try Data(contentsOf: weights.appending(path: "\($0)/moderation.json")))
    }
    return Target(seeds: seeds) { bytes in
      let bundle = try ModerationBundle(parsing: bytes)
      guard try ModerationBundle(parsing: Array(bundle.encoded().utf8)) == bundle else {
        fatalError("written bundle differs")
      }
      let message = Message("the cat", context: ["adult", "message"])
      _ = try bundle.modelText(of: message)
    }
  }

  private static func tree(_ materials: Materials) throws -> Target {
    let texts = [
      #"{"text": "a", "id": 1, "replies": [{"text": "b", "id": "x", "context": ["c"]}, {"text": ""}]}"#,
      #"[{"text": "\ud83d", "replies": []}, {"text": "d", "replies": [{"text": "e", "replies": [{"text": "f"}]}]}]"#,
    ]
    return Target(seeds: texts.map { Array($0.utf8) }) { bytes in
      for tree in try MessageTree.trees(parsing: bytes) { _ = tree.nodes.count }
    }
  }

  /// The bytes in pieces, as a file gives them.
  private static func pieces(_ bytes: [UInt8]) -> () -> [UInt8]? {
    var rest = bytes[...]
    let size = 1 + Int(bytes.first ?? 0)
    return {
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }

  private static func csv(_ materials: Materials) throws -> Target {
    let texts = [
      "id,text,insult\n1,\"a \"\"b\"\"\nc\",1\r\n2,d,0\n", "text\tlabel\na\tb\n",
      "\u{FEFF}text,x,x\n\"unclosed,1\n",
    ]
    return Target(seeds: texts.map { Array($0.utf8) }) { bytes in
      let columns = DatasetColumns(
        labels: ["insult", "label", "x"].map { DatasetColumns.Label(name: $0) })
      for separator in [",", "\t"] as [Character] {
        var reader = try DatasetReader(
          format: .csv(separator: separator), columns: columns, chunks: pieces(bytes))
        while try reader.next() != nil {}
      }
    }
  }

  private static func lines(_ materials: Materials) throws -> Target {
    let texts = [
      #"{"text": "a", "labels": {"x": 1, "y": 0, "z": null}, "metadata": {"s": {"t": "u"}}}"#
        + "\n\n" + #"{"text": "\u2028\ud800", "context": ["adult"]}"#,
      "not JSON\n{\"text\": 1}\n",
    ]
    return Target(seeds: texts.map { Array($0.utf8) }) { bytes in
      var reader = try DatasetReader(format: .jsonLines, chunks: pieces(bytes))
      while try reader.next() != nil {}
    }
  }

  private static func words(_ materials: Materials) throws -> Target {
    let seed = "almost\t800\nHe's\t600\nI'm\t500\ntold\t700\nass\t900\nhole\t50\nidiot\t99\n"
    return Target(seeds: [Array(seed.utf8)]) { bytes in
      let respeller = try Respeller(parsing: bytes, file: "words.tsv")
      for text in ["a$$h0le", "i.d.i.o.t t-o-l-d", "****", String(decoding: bytes, as: UTF8.self)] {
        _ = respeller(text)
      }
    }
  }

  /// A pattern, a line break, and the text that it is looked for in.
  private static func expression(_ materials: Materials) throws -> Target {
    let patterns = [
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
      #"[^\p{Lu}]*?(?:a|ab)*+(?=c)$|\x{1F600}{2,}"#, "(a*)*b", "(?>a+)b|(?<!x)y",
      "[[:alpha:]&&[^a-c]]",
    ]
    return Target(seeds: patterns.map { Array(($0 + "\naaaaaab I'll 123456 été 😀😀 xyz").utf8) }) {
      bytes in
      let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
      let expression = try RegularExpression(String(decoding: parts[0], as: UTF8.self))
      let text = Array(String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self).utf8)
      var end = 0
      expression.forEachMatch(text.span, 0..<text.count) { match in
        guard match.lowerBound >= end, match.upperBound <= text.count else {
          fatalError("a match lies outside of its place")
        }
        end = match.upperBound
      }
    }
  }

  private static let samples = [
    "", "The end!", "  the\té\u{301} 中文 <mention> [MASK] ﬁ½\u{A0}\u{200B}👩‍👩‍👧 12345 $%",
    String(repeating: "the ", count: 40), String(repeating: "ß", count: 130), "\u{0}\u{FFFD}\r\n",
  ]

  private static func encode(_ tokenizer: Tokenizer) {
    for text in samples {
      _ = tokenizer.encode(text)
      let encoding = tokenizer.encode(text, pair: "the", maximumLength: 9)
      _ = encoding.utf16Offsets(in: text, pair: "the")
      for id in encoding.ids.prefix(4) { _ = tokenizer.token(for: id) }
    }
  }

  private static func tokenizer(_ materials: Materials) throws -> Target {
    Target(seeds: try materials.files(materials.corpus.appending(path: "tokenizer"))) { bytes in
      encode(try Tokenizer(json: bytes))
    }
  }

  private static func sentencePiece(_ materials: Materials) throws -> Target {
    Target(seeds: try materials.files(materials.corpus.appending(path: "sentencepiece"))) { bytes in
      for family in [SentencePieceFamily.deberta, .xlmRoberta] {
        encode(try Tokenizer(sentencePiece: bytes, family: family))
      }
    }
  }

  private static func vocabulary(_ materials: Materials) throws -> Target {
    Target(seeds: try materials.files(materials.corpus.appending(path: "vocabulary"))) { bytes in
      encode(try Tokenizer(vocabulary: bytes))
    }
  }

  /// `vocab.json`, a NUL, and `merges.txt`.
  private static func merges(_ materials: Materials) throws -> Target {
    let folder = try materials.folder("merges")
    let vocabulary =
      #"{"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3, "t": 4, "h": 5, "e": 6, "th": 7, "the": 8, "Ġ": 9, "Ġthe": 10, "<mask>": 11}"#
    let seed = vocabulary + "\0#version: 0.2\nt h\nth e\nĠ the\n"
    try Data(#"{"tokenizer_class": "RobertaTokenizer"}"#.utf8)
      .write(to: folder.appending(path: "tokenizer_config.json"))
    return Target(seeds: [Array(seed.utf8)]) { bytes in
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      try Data(parts[0]).write(to: folder.appending(path: "vocab.json"))
      try Data(parts.count > 1 ? parts[1] : []).write(to: folder.appending(path: "merges.txt"))
      encode(try Tokenizer(contentsOf: folder))
    }
  }

  /// `tokenizer_config.json` beside a tokenizer.
  private static func settings(_ materials: Materials) throws -> Target {
    let folder = try materials.folder("settings")
    try materials.copy(
      materials.fixtures.appending(path: "transformers/tokenizer-32.json"),
      to: folder.appending(path: "tokenizer.json"))
    let seeds = [
      #"{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "model_max_length": 512, "added_tokens_decoder": {"31": {"content": "<x>", "special": true, "lstrip": true}}}"#,
      #"{"tokenizer_class": "XLMRobertaTokenizer", "extra_special_tokens": {"a": "<a>"}, "cls_token": {"content": "[CLS]", "rstrip": true}, "add_prefix_space": false, "split_special_tokens": true}"#,
    ]
    return Target(seeds: seeds.map { Array($0.utf8) }) { bytes in
      try Data(bytes).write(to: folder.appending(path: "tokenizer_config.json"))
      encode(try Tokenizer(contentsOf: folder))
    }
  }
}
