import JSON
public import Platform

extension Tokenizer {
  /// Reads the tokenizer of a model's folder: `tokenizer.json`, else `spm.model` or
  /// `sentencepiece.bpe.model`, else `vocab.txt`, and with it `tokenizer_config.json`,
  /// `special_tokens_map.json` and `added_tokens.json`.
  ///
  /// The class that `tokenizer_config.json` or `config.json` names changes what the file says, as
  /// in transformers 4.57; see ``TokenizerClass``.
  public init(contentsOf folder: URL) throws(TokenizerError) {
    func file(_ name: String) -> URL? {
      let url = folder.appending(path: name)
      return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }
    func json(_ name: String) throws(TokenizerError) -> JSONValue? {
      guard let url = file(name) else { return nil }
      do {
        return try JSONValue(parsing: Tokenizer.read(url))
      } catch let error as JSONError {
        throw .json(file: name, error)
      } catch {
        throw .unreadable(file: url.path, reason: "\(error)")
      }
    }
    let model = try json("config.json")
    func configuration(
      _ fallback: TokenizerClass
    ) throws(TokenizerError) -> TokenizerConfiguration {
      try TokenizerConfiguration(
        configuration: json("tokenizer_config.json"),
        specialTokensMap: json("special_tokens_map.json"), addedTokens: json("added_tokens.json"),
        model: model, fallback: fallback)
    }
    if let url = file("tokenizer.json") {
      self = try TokenizerReader.read(Tokenizer.read(url), configuration(.plain))
    } else if let url = file("spm.model") ?? file("sentencepiece.bpe.model") {
      let family: SentencePieceFamily =
        url.lastPathComponent == "spm.model" ? .deberta : .xlmRoberta
      let configuration = try configuration(family.tokenizerClass)
      guard
        let family = SentencePieceFamily.allCases.first(where: {
          $0.className == configuration.tokenizerClass.name
        })
      else { throw .unsupportedFile(url.path, class: configuration.tokenizerClass.name) }
      try self.init(SentencePieceModel(Tokenizer.read(url)), family: family, configuration)
    } else if let url = file("vocab.txt") {
      let configuration = try configuration(VocabularyFamily.bert.tokenizerClass)
      guard let family = VocabularyFamily(className: configuration.tokenizerClass.name) else {
        throw .unsupportedFile(url.path, class: configuration.tokenizerClass.name)
      }
      try self.init(vocabulary: Tokenizer.read(url), family: family, configuration)
    } else {
      throw .noTokenizer(folder: folder.path)
    }
  }

  /// Reads a `tokenizer.json`.
  public init(json bytes: [UInt8]) throws(TokenizerError) {
    self = try TokenizerReader.read(bytes, nil)
  }

  /// Reads a `tokenizer.json`.
  public init(json file: URL) throws(TokenizerError) {
    try self.init(json: Tokenizer.read(file))
  }

  /// Reads a SentencePiece unigram model as transformers 4.57 converts it for the family.
  public init(
    sentencePiece bytes: [UInt8], family: SentencePieceFamily
  ) throws(TokenizerError) {
    try self.init(
      SentencePieceModel(bytes), family: family, TokenizerConfiguration(family.tokenizerClass))
  }

  /// Reads a SentencePiece unigram model as transformers 4.57 converts it for the family.
  public init(sentencePiece file: URL, family: SentencePieceFamily) throws(TokenizerError) {
    try self.init(sentencePiece: Tokenizer.read(file), family: family)
  }

  /// Reads BERT's `vocab.txt`.
  ///
  /// - Parameter lowercase: whether text is lowercased, and accents with it stripped.
  public init(vocabulary bytes: [UInt8], lowercase: Bool = true) throws(TokenizerError) {
    var configuration = TokenizerConfiguration(VocabularyFamily.bert.tokenizerClass)
    configuration.lowercases = lowercase
    try self.init(vocabulary: bytes, family: .bert, configuration)
  }

  /// Reads BERT's `vocab.txt`.
  ///
  /// - Parameter lowercase: whether text is lowercased, and accents with it stripped.
  public init(vocabulary file: URL, lowercase: Bool = true) throws(TokenizerError) {
    try self.init(vocabulary: Tokenizer.read(file), lowercase: lowercase)
  }

  private static func read(_ file: URL) throws(TokenizerError) -> [UInt8] {
    let bytes: [UInt8]
    do { bytes = try FileContent.bytes(of: file) } catch {
      throw .unreadable(file: file.path, reason: error.reason)
    }
    if let content = FileContent.misplaced(bytes) {
      throw .unreadable(file: file.path, reason: "it holds \(content)")
    }
    return bytes
  }
}
