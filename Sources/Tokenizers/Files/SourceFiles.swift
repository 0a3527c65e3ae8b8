import JSON
import Platform

/// The files that the tokenizers of a class are read from where there is no `tokenizer.json`.
enum SourceFiles {
  case vocabulary(VocabularyFamily)
  case merges(MergesFamily)
  case sentencePiece(SentencePieceFamily)

  /// Nil where transformers 4.57 has no conversion for the class, or this library none.
  init?(_ tokenizerClass: TokenizerClass) {
    let name = tokenizerClass.name
    if let family = VocabularyFamily(className: name) {
      self = .vocabulary(family)
    } else if let family = MergesFamily(className: name) {
      self = .merges(family)
    } else if let family = SentencePieceFamily.allCases.first(where: { $0.className == name }) {
      self = .sentencePiece(family)
    } else {
      return nil
    }
  }

  /// What a folder without the name of a class holds by the names of its files.
  init?(of folder: URL) {
    let families: [SentencePieceFamily] = [.deberta, .xlmRoberta, .albert]
    if let family = families.first(where: { Self.exist([$0.fileName], in: folder) }) {
      self = .sentencePiece(family)
    } else if Self.exist(["vocab.txt"], in: folder) {
      self = .vocabulary(.bert)
    } else {
      return nil
    }
  }

  var tokenizerClass: TokenizerClass? {
    switch self {
    case .vocabulary(let family): family.tokenizerClass
    case .sentencePiece(let family): family.tokenizerClass
    // Several classes have these files, and they cut texts in different ways.
    case .merges: nil
    }
  }

  var names: [String] {
    switch self {
    case .vocabulary: ["vocab.txt"]
    case .merges: ["vocab.json", "merges.txt"]
    case .sentencePiece(let family): [family.fileName]
    }
  }

  /// Reads the files.
  ///
  /// - Parameter read: gives the bytes of a file of the folder
  func tokenizer(
    _ configuration: TokenizerConfiguration,
    read: (String) throws(TokenizerError) -> [UInt8]
  ) throws(TokenizerError) -> Tokenizer {
    switch self {
    case .vocabulary(let family):
      try Tokenizer(vocabulary: read(names[0]), family: family, configuration)
    case .merges(let family):
      try Tokenizer(
        vocabulary: read(names[0]), merges: read(names[1]), family: family, configuration)
    case .sentencePiece(let family):
      try Tokenizer(SentencePieceModel(read(names[0])), family: family, configuration)
    }
  }

  /// The files of a folder that some tokenizer is read from.
  static func found(in folder: URL) -> [String] { all.filter { exist([$0], in: folder) } }

  static let all = [
    "vocab.txt", "vocab.json", "merges.txt", "spm.model", "sentencepiece.bpe.model",
    "spiece.model", "sentencepiece.model", "tokenizer.model",
  ]

  static func exist(_ names: [String], in folder: URL) -> Bool {
    names.allSatisfy { FileContent.exists(folder.appending(path: $0)) }
  }
}
