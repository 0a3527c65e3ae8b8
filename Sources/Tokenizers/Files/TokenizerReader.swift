import JSON

/// Reads a `tokenizer.json`.
struct TokenizerReader {
  private var normalizer: Normalizer?
  private var preTokenizer: PreTokenizer?
  private var postProcessor: PostProcessor?
  private var model: Model?
  private var added: [AddedToken] = []
  private var truncatesLeft = false

  static func read(
    _ bytes: [UInt8], _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> Tokenizer {
    var scanner = JSONScanner(bytes)
    var reader = TokenizerReader()
    try reader.scan(&scanner)
    guard let model = reader.model else {
      throw .json(file: "tokenizer.json", .missing(path: "model"))
    }
    var tokens = AddedTokens()
    tokens.add(reader.added, to: model.vocabulary)
    tokens.add(configuration.tokensToAdd(besides: tokens), to: model.vocabulary)
    var tokenizer = try Tokenizer(
      normalizer: reader.normalizer?.adapted(to: configuration), preTokenizer: reader.preTokenizer,
      model: model,
      postProcessor: reader.postProcessor, addedTokens: tokens)
    tokenizer.truncatesLeft = reader.truncatesLeft
    tokenizer.configure(configuration)
    return tokenizer
  }

  private mutating func scan(_ scanner: inout JSONScanner) throws(TokenizerError) {
    try read { () throws(JSONError) in try scanner.beginObject() }
    while let key = try read({ () throws(JSONError) in try scanner.nextKey() }) {
      if scanner.matches(key, "model") {
        model = try ModelReader.read(&scanner)
        continue
      }
      let value = try read { () throws(JSONError) in try scanner.value() }
      try take(value, scanner.string(key))
    }
    try read { () throws(JSONError) in try scanner.end() }
  }

  private func read<Result>(
    _ body: () throws(JSONError) -> Result
  ) throws(TokenizerError) -> Result {
    do { return try body() } catch { throw .json(file: "tokenizer.json", error) }
  }

  private mutating func take(_ value: JSONValue, _ key: String) throws(TokenizerError) {
    switch key {
    case "version":
      guard value == "1.0" else { throw .invalid(path: key, reason: "is not \"1.0\"") }
    case "added_tokens":
      guard case .array(let tokens) = value else {
        throw .invalid(path: key, reason: "should be a list")
      }
      for (index, token) in tokens.enumerated() {
        added.append(try AddedToken(Component(token, "added_tokens[\(index)]")))
      }
    case _ where value == .null: break
    case "normalizer": normalizer = try Normalizer(Component(value, key))
    case "pre_tokenizer": preTokenizer = try PreTokenizer(Component(value, key))
    case "post_processor": postProcessor = try PostProcessor(Component(value, key))
    case "truncation":
      let side = try Component(value, key).optionalString("direction") ?? "Right"
      truncatesLeft = side == "Left"
    // Padding and the way back from ids to text play no part here.
    case "padding", "decoder": break
    default: throw .unknownOption(component: "tokenizer.json", name: key)
    }
  }
}

extension AddedToken {
  init(_ component: Component) throws(TokenizerError) {
    try component.allow(
      "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special")
    self.init(content: try component.string("content"))
    isSingleWord = try component.bool("single_word")
    stripsLeft = try component.bool("lstrip")
    stripsRight = try component.bool("rstrip")
    isNormalized = try component.bool("normalized")
    isSpecial = try component.bool("special")
  }
}

extension Normalizer {
  /// The tokenizer classes of the BERT family let `tokenizer_config.json` overrule the normaliser.
  fileprivate func adapted(to configuration: TokenizerConfiguration) -> Normalizer {
    let classes = ["Bert", "DistilBert", "MPNet", "Electra", "Funnel", "MobileBert", "LayoutLM"]
    guard case .bert(let bert) = self, let name = configuration.tokenizerClass,
      classes.contains(where: { name.hasPrefix($0 + "Tokenizer") })
    else { return self }
    guard let lowercases = configuration.lowercases else { return self }
    return .bert(
      BertNormalizer(
        cleansText: bert.cleansText,
        spacesChinese: configuration.spacesChinese ?? bert.spacesChinese,
        stripsAccents: configuration.stripsAccents ?? lowercases, lowercases: lowercases))
  }
}
