import JSON

/// What the files beside a tokenizer say of it: `tokenizer_config.json`, `special_tokens_map.json`,
/// `added_tokens.json`, and `config.json` where no class is named.
struct TokenizerConfiguration {
  var tokenizerClass = TokenizerClass.plain
  /// The longest input in tokens; nil where there is no limit.
  var maximumLength: Int?
  var truncatesLeft: Bool?
  var lowercases: Bool
  /// Nil where it follows ``lowercases``.
  var stripsAccents: Bool?
  var spacesChinese = true
  var splitsPunctuation = false
  /// Whether ALBERT's accents stay where the tokenizer is made of its SentencePiece file.
  var keepsAccents = false
  /// Nil where the pre-tokeniser keeps what its file says.
  var addsPrefixSpace: Bool? = false
  var trimsOffsets = true
  var addsBeginning: Bool?
  var addsEnd: Bool?
  /// Whether special tokens that somebody typed are ordinary text.
  var splitsSpecialTokens = false
  /// Whether the model is given token types.
  var hasTypeIDs = true
  var special = SpecialTokens()
  /// Tokens with the ids that they are meant to have, ids rising.
  var addedTokens: [(id: Int32, token: AddedToken)] = []
  /// Whether ``addedTokens`` come from `tokenizer_config.json`.
  var listsAddedTokens = false
  /// Keys that no class of transformers 4.57 knows; it forgets them.
  var unknownKeys: [String] = []

  /// The configuration of a class without any file.
  init(_ tokenizerClass: TokenizerClass) {
    self.tokenizerClass = tokenizerClass
    special = SpecialTokens(tokenizerClass)
    hasTypeIDs = tokenizerClass.hasTypeIDs
    lowercases = tokenizerClass.normalizer != .file || tokenizerClass.lowercasesPieces
    if !tokenizerClass.rulesPrefixSpace { addsPrefixSpace = nil }
  }

  /// - Parameters:
  ///   - configuration: the contents of `tokenizer_config.json`; nil where it is not there, and so
  ///     for the other files.
  ///   - model: the contents of `config.json`
  ///   - fallback: the class where none is named
  init(
    configuration: JSONValue?, specialTokensMap: JSONValue?, addedTokens tokens: JSONValue?,
    model: JSONValue?, fallback: TokenizerClass = .plain
  ) throws(TokenizerError) {
    let component = try configuration.map { json throws(TokenizerError) in
      try ComponentReader(json, "tokenizer_config.json")
    }
    self.init(try Self.tokenizerClass(component, model) ?? fallback)
    if let component { try read(component) }
    // The two older files count only where the newer one does not list the tokens.
    guard !listsAddedTokens else { return }
    if let specialTokensMap {
      try special.replace(by: ComponentReader(specialTokensMap, "special_tokens_map.json"))
    }
    if let tokens { try readAddedTokens(ComponentReader(tokens, "added_tokens.json")) }
  }

  /// `tokenizer_class` of `tokenizer_config.json`, else of `config.json`, else what `model_type`
  /// stands for.
  private static func tokenizerClass(
    _ component: ComponentReader?, _ model: JSONValue?
  ) throws(TokenizerError) -> TokenizerClass? {
    if let name = try component?.optionalString("tokenizer_class") {
      return try TokenizerClass(named: name)
    }
    guard let model, case .object = model else { return nil }
    let component = try ComponentReader(model, "config.json")
    if let name = try component.optionalString("tokenizer_class") {
      return try TokenizerClass(named: name)
    }
    guard let type = try component.optionalString("model_type") else { return nil }
    return try TokenizerClass.of(modelType: type)
  }

  private mutating func read(_ component: ComponentReader) throws(TokenizerError) {
    guard case .object(let object) = component.value else { return }
    try TokenizerKey.refuse(component)
    unknownKeys = object.keys.filter { !TokenizerKey.isKnown($0) }
    maximumLength = try component.maximumLength()
    if let side = try component.optionalString("truncation_side") {
      guard side == "left" || side == "right" else {
        throw .invalid(
          path: "tokenizer_config.json.truncation_side", reason: "unknown side \"\(side)\"")
      }
      truncatesLeft = side == "left"
    }
    lowercases = try component.bool("do_lower_case", default: lowercases)
    stripsAccents = try component.optionalBool("strip_accents")
    spacesChinese = try component.bool("tokenize_chinese_chars", default: true)
    splitsPunctuation = try component.bool("split_by_punct", default: false)
    keepsAccents = try component.bool("keep_accents", default: false)
    splitsSpecialTokens = try component.bool("split_special_tokens", default: false)
    trimsOffsets = try component.bool("trim_offsets", default: true)
    addsBeginning = try component.optionalBool("add_bos_token")
    addsEnd = try component.optionalBool("add_eos_token")
    if object["add_prefix_space"] != nil {
      addsPrefixSpace = try component.optionalBool("add_prefix_space")
      guard tokenizerClass.rulesPrefixSpace || addsPrefixSpace == nil else {
        throw .invalid(
          path: "tokenizer_config.json.add_prefix_space",
          reason: "\(tokenizerClass.name) converts another file for it, which is not read")
      }
    }
    if let names = object["model_input_names"] {
      guard case .array(let names) = names else {
        throw .invalid(path: "tokenizer_config.json.model_input_names", reason: "should be a list")
      }
      hasTypeIDs = names.contains("token_type_ids")
    }
    try readTokens(component)
  }

  private mutating func readTokens(_ component: ComponentReader) throws(TokenizerError) {
    try special.replace(by: component)
    guard case .object(let decoder)? = component.value["added_tokens_decoder"] else { return }
    listsAddedTokens = true
    for (key, value) in decoder {
      let path = "tokenizer_config.json.added_tokens_decoder.\(key)"
      guard let id = Int32(key), id >= 0 else {
        throw .invalid(path: path, reason: "should be an id")
      }
      addedTokens.append((id, try AddedToken(configured: value, path, isSpecial: false)))
    }
    addedTokens.sort { $0.id < $1.id }
  }

  /// `{"token": id, …}`
  private mutating func readAddedTokens(_ component: ComponentReader) throws(TokenizerError) {
    guard case .object(let object) = component.value else { return }
    for (content, value) in object {
      var token = AddedToken(content: content)
      token.isSpecial = special.names(content)
      token.isNormalized = !token.isSpecial
      addedTokens.append((try component.id(value, content), token))
    }
    addedTokens.sort { $0.id < $1.id }
  }

  /// The tokens to add to those of the tokenizer's file, in the order in which transformers adds
  /// them: listed ones, then special ones that are not there or have other options.
  ///
  /// - Parameters:
  ///   - known: the tokens of the file with their ids
  ///   - isTokenizerFile: whether the file is a `tokenizer.json`, whose tokens have options that
  ///     their names in other files stand for
  func tokensToAdd(
    besides known: [(id: Int32, token: AddedToken)], isTokenizerFile: Bool = false
  ) -> [AddedToken] {
    var listed = addedTokens
    if !listsAddedTokens, isTokenizerFile {
      // The file's own entry of an id goes before that of added_tokens.json.
      let ids = Set(known.map(\.id))
      listed.removeAll { ids.contains($0.id) }
    }
    // Names that stand for a token with options.
    let described =
      !listsAddedTokens && isTokenizerFile ? known.map(\.token) : listed.map(\.token)
    var result = listed.map { entry in
      var token = entry.token
      if special.allContents.contains(Array(token.content.utf8)) { token.isSpecial = true }
      return token
    }
    let contents = Set((known.map(\.token) + result).map { Array($0.content.utf8) })
    for entry in special.tokens(describedBy: described) {
      if let token = entry.token {
        if !result.contains(token) { result.append(token) }
      } else if !contents.contains(Array(entry.content.utf8)) {
        result.append(AddedToken(content: entry.content, isNormalized: false, isSpecial: true))
      }
    }
    return result
  }
}

extension ComponentReader {
  /// `model_max_length`, or `max_len` where that key is not there; nil for no limit.
  fileprivate func maximumLength() throws(TokenizerError) -> Int? {
    for key in ["model_max_length", "max_len"] {
      guard let value = value[key] else { continue }
      if value == .null { return nil }
      guard case .number(let number) = value, number.double >= 1 else {
        throw .invalid(path: "\(path).\(key)", reason: "should be a positive number")
      }
      // transformers writes 1e30 where there is no limit.
      return number.double < 1e9 ? Int(number.double) : nil
    }
    return nil
  }
}

extension AddedToken {
  /// Reads a token that is written as its content, or as an object with its options.
  init(configured value: JSONValue, _ path: String, isSpecial: Bool) throws(TokenizerError) {
    if case .string(let content) = value {
      self.init(content: content, isNormalized: !isSpecial, isSpecial: isSpecial)
      return
    }
    let component = try ComponentReader(value, path)
    self.init(content: try component.string("content"))
    let marked = try component.bool("special", default: false)
    self.isSpecial = isSpecial || marked
    isNormalized = try component.bool("normalized", default: !self.isSpecial)
    isSingleWord = try component.bool("single_word", default: false)
    stripsLeft = try component.bool("lstrip", default: false)
    stripsRight = try component.bool("rstrip", default: false)
  }
}
