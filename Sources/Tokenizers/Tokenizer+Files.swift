import JSON
public import Platform

extension Tokenizer {
  /// Reads the tokenizer of a model's folder: `tokenizer.json`, else the files that its class has
  /// instead, such as `vocab.txt`, `vocab.json` with `merges.txt`, `spm.model`,
  /// `sentencepiece.bpe.model` or `spiece.model`; and with it `tokenizer_config.json`,
  /// `special_tokens_map.json` and `added_tokens.json`.
  ///
  /// The class that `tokenizer_config.json` or `config.json` names changes what the file says, as
  /// in transformers 4.57; see ``TokenizerClass``.
  ///
  /// - Throws: ``TokenizerError`` that names the file, and the remedy where the files are not those
  ///   of the class.
  public init(contentsOf folder: URL) throws(TokenizerError) {
    func bytes(_ name: String) throws(TokenizerError) -> [UInt8] {
      try Tokenizer.read(folder.appending(path: name))
    }
    func json(_ name: String) throws(TokenizerError) -> JSONValue? {
      guard SourceFiles.exist([name], in: folder) else { return nil }
      let bytes = try bytes(name)
      do { return try JSONValue(parsing: bytes) } catch { throw .json(file: name, error) }
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
    if SourceFiles.exist(["tokenizer.json"], in: folder) {
      self = try TokenizerReader.read(bytes("tokenizer.json"), configuration(.plain))
      return
    }
    let found = SourceFiles.found(in: folder)
    guard let first = found.first else { throw .noTokenizer(folder: folder.path) }
    let configuration = try configuration(SourceFiles(of: folder)?.tokenizerClass ?? .plain)
    guard let files = SourceFiles(configuration.tokenizerClass) else {
      throw .unsupportedFile(
        folder.appending(path: first).path, class: configuration.tokenizerClass.name)
    }
    guard SourceFiles.exist(files.names, in: folder) else {
      throw .otherFiles(
        folder: folder.path, class: configuration.tokenizerClass.name, needed: files.names,
        found: found)
    }
    self = try files.tokenizer(configuration, read: bytes)
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
