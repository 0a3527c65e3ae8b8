import JSON

/// What the small files beside a tokenizer say: `tokenizer_config.json`, `special_tokens_map.json`
/// and `added_tokens.json`.
struct TokenizerConfiguration {
  var maximumLength: Int?
  var truncatesLeft: Bool?
  var lowercases: Bool?
  /// Nil where it follows `lowercases`.
  var stripsAccents: Bool?
  var spacesChinese: Bool?
  var splitsPunctuation = false
  var tokenizerClass: String?
  /// By role (`cls_token` …).
  var specialTokens: [String: AddedToken] = [:]
  /// Further special tokens.
  var additionalTokens: [AddedToken] = []
  /// Tokens with the ids they are meant to have, in that order.
  var addedTokens: [AddedToken] = []
  /// The roles in the order in which their tokens are added.
  private var roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  init() {}

  /// - Parameters: the contents of the three files, nil for those that are not there.
  init(
    configuration: JSONValue?, specialTokensMap: JSONValue?, addedTokens tokens: JSONValue?
  ) throws(TokenizerError) {
    var hasDecoder = false
    if let configuration {
      let component = try Component(configuration, "tokenizer_config.json")
      hasDecoder = try read(component)
    }
    // The two older files count only where the newer one does not list the tokens.
    guard !hasDecoder else { return }
    if let specialTokensMap {
      try readSpecialTokens(Component(specialTokensMap, "special_tokens_map.json"))
    }
    if let tokens { try readAddedTokens(Component(tokens, "added_tokens.json")) }
  }

  /// Whether the added tokens are listed.
  private mutating func read(_ component: Component) throws(TokenizerError) -> Bool {
    if case .number(let number)? = component.value["model_max_length"] {
      // Transformers writes 1e30 for "no limit".
      maximumLength = number.double < 1e9 ? number.integer : nil
    }
    if let side = try component.optionalString("truncation_side") {
      guard side == "left" || side == "right" else {
        throw .invalid(
          path: "tokenizer_config.json.truncation_side", reason: "unknown side \"\(side)\"")
      }
      truncatesLeft = side == "left"
    }
    lowercases = try component.optionalBool("do_lower_case")
    stripsAccents = try component.optionalBool("strip_accents")
    spacesChinese = try component.optionalBool("tokenize_chinese_chars")
    splitsPunctuation = try component.optionalBool("split_by_punct") ?? false
    tokenizerClass = try component.optionalString("tokenizer_class")
    try readSpecialTokens(component)
    guard case .object(let decoder)? = component.value["added_tokens_decoder"] else { return false }
    var tokens: [(id: Int, token: AddedToken)] = []
    for (key, value) in decoder {
      let path = "tokenizer_config.json.added_tokens_decoder.\(key)"
      guard let id = Int(key) else { throw .invalid(path: path, reason: "should be an id") }
      tokens.append((id, try TokenizerConfiguration.token(value, path, isSpecial: false)))
    }
    addedTokens = tokens.sorted { $0.id < $1.id }.map(\.token)
    return true
  }

  private mutating func readSpecialTokens(_ component: Component) throws(TokenizerError) {
    for role in roles where specialTokens[role] == nil {
      guard let value = component.value[role], value != .null else { continue }
      specialTokens[role] = try TokenizerConfiguration.token(
        value, "\(component.path).\(role)", isSpecial: true)
    }
    guard additionalTokens.isEmpty,
      case .array(let values)? = component.value["additional_special_tokens"]
    else { return }
    for value in values {
      additionalTokens.append(
        try TokenizerConfiguration.token(
          value, "\(component.path).additional_special_tokens", isSpecial: true))
    }
  }

  /// `{"token": id, …}`
  private mutating func readAddedTokens(_ component: Component) throws(TokenizerError) {
    guard case .object(let object) = component.value else { return }
    var tokens: [(id: Int32, token: AddedToken)] = []
    let special = Set((specialTokens.values + additionalTokens).map { Array($0.content.utf8) })
    for (content, value) in object {
      var token = AddedToken(content: content)
      token.isSpecial = special.contains(Array(content.utf8))
      token.isNormalized = !token.isSpecial
      tokens.append((try component.id(value, content), token))
    }
    addedTokens = tokens.sorted { $0.id < $1.id }.map(\.token)
  }

  /// A token is written as its content, or as an object with its options.
  private static func token(
    _ value: JSONValue, _ path: String, isSpecial: Bool
  ) throws(TokenizerError) -> AddedToken {
    if case .string(let content) = value {
      return AddedToken(content: content, isNormalized: !isSpecial, isSpecial: isSpecial)
    }
    let component = try Component(value, path)
    var token = AddedToken(content: try component.string("content"))
    token.isSpecial = try component.bool("special", default: isSpecial)
    token.isNormalized = try component.bool("normalized", default: !token.isSpecial)
    token.isSingleWord = try component.bool("single_word", default: false)
    token.stripsLeft = try component.bool("lstrip", default: false)
    token.stripsRight = try component.bool("rstrip", default: false)
    return token
  }

  /// The same with the tokens of a family where the files name none.
  func completed(with defaults: [(role: String, token: AddedToken)]) -> TokenizerConfiguration {
    var result = self
    for (role, token) in defaults {
      if role == "additional_special_tokens" {
        if additionalTokens.isEmpty { result.additionalTokens.append(token) }
      } else if let given = specialTokens[role] {
        // A bare string takes its options from the class.
        if given == AddedToken(content: given.content, isNormalized: false, isSpecial: true) {
          var token = token
          token.content = given.content
          result.specialTokens[role] = token
        }
      } else {
        result.specialTokens[role] = token
      }
    }
    return result
  }

  /// The tokens to add to those that are there: the listed ones, then special ones that no list
  /// has.
  func tokensToAdd(besides known: AddedTokens) -> [AddedToken] {
    var result = addedTokens
    var contents = Set(result.map { Array($0.content.utf8) })
    for token in roles.compactMap({ specialTokens[$0] }) + additionalTokens
    where known.id(of: token.content) == nil {
      if contents.insert(Array(token.content.utf8)).inserted { result.append(token) }
    }
    return result
  }
}

extension Tokenizer {
  /// Takes over what the files beside the tokenizer say.
  mutating func configure(_ configuration: TokenizerConfiguration) {
    modelMaximumLength = configuration.maximumLength
    if let left = configuration.truncatesLeft { truncatesLeft = left }
    findSpecialTokens(configuration.specialTokens.mapValues(\.content))
  }
}
