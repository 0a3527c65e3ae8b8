/// A tokenizer class of transformers 4.57: the arguments that its constructor has by default, and
/// the parts of a `tokenizer.json` that it replaces.
///
/// Ids depend on the class as well as on the file. `AutoTokenizer` takes the class from
/// `tokenizer_config.json`, else from `config.json`, else from the model type.
struct TokenizerClass: Sendable {
  /// Which options of a `BertNormalizer` come from the configuration instead of the file. The class
  /// changes the normaliser only where it is a `BertNormalizer` itself, not a sequence of several.
  enum NormalizerRule: Sendable {
    case file
    /// `do_lower_case`, true by default, and `strip_accents`.
    case caseAndAccents
    /// These two and `tokenize_chinese_chars`, true by default.
    case caseAccentsAndChinese
  }

  /// Which special tokens stand around a text.
  enum EndsRule: Sendable {
    /// Those of the file.
    case file
    /// `bos_token` and `eos_token`, as `add_bos_token` and `add_eos_token` say.
    case beginningAndEnd(addsBeginning: Bool, addsEnd: Bool)
  }

  /// How a class gives its special tokens their options.
  enum Style: Sendable {
    /// A string: the token that is there keeps its options.
    case bare
    /// A token without options.
    case plain
    /// A token that takes the white space before it.
    case stripsLeft
    /// The same, looked for in the normalised text.
    case stripsLeftNormalized
  }

  /// A special token that the constructor has by default.
  struct SpecialToken: Sendable {
    let role: String
    let content: String
    var style = Style.bare
  }

  /// The name without `Fast` at its end.
  let name: String
  /// The `model_type` values of `config.json` that stand for it.
  var modelTypes: [String] = []
  var specialTokens: [SpecialToken] = []
  /// The default of `additional_special_tokens`.
  var additionalTokens: [String] = []
  var normalizer = NormalizerRule.file
  /// Whether `do_lower_case` is true by default where the tokenizer is made of a SentencePiece file.
  var lowercasesPieces = false
  var ends = EndsRule.file
  /// Whether a ByteLevel pre-tokeniser takes `add_prefix_space` from the configuration, and false
  /// where it has none.
  var rulesPrefixSpace = true
  /// Whether the post-processor takes `trim_offsets` and `add_prefix_space` from the configuration.
  var rulesOffsets = false
  /// Whether `model_input_names` has `token_type_ids` by default.
  var hasTypeIDs = true
  /// Why the class cannot be used; nil where it can.
  var refusal: String?
}

extension TokenizerClass {
  /// The class of a configuration that names none.
  static let plain = TokenizerClass(
    name: "PreTrainedTokenizer",
    modelTypes: ["modernbert", "modernbert-decoder", "falcon", "glm", "glm4", "smollm3"])

  /// The class of a name, with or without `Fast`.
  init(named name: String) throws(TokenizerError) {
    let base = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    // transformers 5 has one class for all tokenizers without a class of their own.
    if base == "TokenizersBackend" {
      self = .plain
      return
    }
    guard let known = Self.all.first(where: { $0.name == base }) else {
      throw .invalid(
        path: "tokenizer_config.json.tokenizer_class",
        reason: "unknown tokenizer class \"\(name)\", which may change the tokens")
    }
    if let refusal = known.refusal {
      throw .invalid(
        path: "tokenizer_config.json.tokenizer_class", reason: "\(name) \(refusal)")
    }
    self = known
  }

  /// The class that stands for a model type, nil where there is none.
  static func of(modelType: String) throws(TokenizerError) -> TokenizerClass? {
    guard let known = all.first(where: { $0.modelTypes.contains(modelType) }) else { return nil }
    return try TokenizerClass(named: known.name)
  }
}

extension TokenizerClass.Style {
  /// The options of a special token of this style; nil for a string.
  func token(_ content: String) -> AddedToken? {
    switch self {
    case .bare: nil
    case .plain: AddedToken(content: content, isNormalized: false, isSpecial: true)
    case .stripsLeft:
      AddedToken(content: content, stripsLeft: true, isNormalized: false, isSpecial: true)
    case .stripsLeftNormalized:
      AddedToken(content: content, stripsLeft: true, isNormalized: true, isSpecial: true)
    }
  }
}
