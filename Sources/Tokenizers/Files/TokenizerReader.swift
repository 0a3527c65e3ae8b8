import JSON

/// Reads a `tokenizer.json`.
struct TokenizerReader {
  private var normalizer: Normalizer?
  private var preTokenizer: PreTokenizer?
  private var postProcessor: PostProcessor?
  private var model: SubwordModel?
  private var added: [(id: Int32, token: AddedToken)] = []
  private var truncatesLeft = false
  private var paddingToken: String?

  /// - Parameter configuration: nil for a file by itself, which then is all that counts
  static func read(
    _ bytes: [UInt8], _ configuration: TokenizerConfiguration?
  ) throws(TokenizerError) -> Tokenizer {
    var scanner = JSONScanner(bytes)
    var reader = TokenizerReader()
    try reader.scan(&scanner)
    guard let model = reader.model else {
      throw .json(file: "tokenizer.json", .missing(path: "model"))
    }
    var tokens = AddedTokens()
    tokens.add(reader.added.map(\.token), to: model.vocabulary)
    var configuration = configuration
    if let padding = reader.paddingToken { configuration?.special.setPadding(padding) }
    if let configuration {
      tokens.add(
        configuration.tokensToAdd(besides: reader.added, isTokenizerFile: true),
        to: model.vocabulary)
    }
    // The added tokens are prepared with the file's own normaliser: the classes exchange it after
    // that.
    var tokenizer = try Tokenizer(
      normalizer: reader.normalizer, preTokenizer: reader.preTokenizer, model: model,
      postProcessor: reader.postProcessor, addedTokens: tokens)
    tokenizer.truncatesLeft = reader.truncatesLeft
    if let configuration {
      try tokenizer.adjust(to: configuration)
      tokenizer.configure(configuration)
    } else {
      tokenizer.findSpecialTokens([:])
    }
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
        let component = try ComponentReader(token, "added_tokens[\(index)]")
        added.append((try component.id(component.value["id"], "id"), try AddedToken(component)))
      }
    case _ where value == .null: break
    case "normalizer":
      normalizer = try Normalizer(ComponentReader(value, key))
      try normalizer?.checkLimits(key)
    case "pre_tokenizer":
      preTokenizer = try PreTokenizer(ComponentReader(value, key))
      try preTokenizer?.checkLimits(key)
    case "post_processor":
      postProcessor = try PostProcessor(ComponentReader(value, key))
      try postProcessor?.checkLimits(key)
    case "truncation":
      let side = try ComponentReader(value, key).optionalString("direction") ?? "Right"
      truncatesLeft = side == "Left"
    case "padding": paddingToken = try ComponentReader(value, key).optionalString("pad_token")
    // The way back from ids to text plays no part here.
    case "decoder": break
    default: throw .unknownOption(component: "tokenizer.json", name: key)
    }
  }
}

extension AddedToken {
  init(_ component: ComponentReader) throws(TokenizerError) {
    self.init(content: try component.string("content"))
    isSingleWord = try component.bool("single_word")
    stripsLeft = try component.bool("lstrip")
    stripsRight = try component.bool("rstrip")
    isNormalized = try component.bool("normalized")
    isSpecial = try component.bool("special")
  }
}
