extension Tokenizer {
  /// Changes the parts of a `tokenizer.json` that the class changes.
  mutating func adjust(to configuration: TokenizerConfiguration) throws(TokenizerError) {
    adjustNormalizer(to: configuration)
    adjustPreTokenizer(to: configuration)
    switch configuration.tokenizerClass.ends {
    case .file: break
    case .beginningAndEnd(let addsBeginning, let addsEnd):
      postProcessor = .template(
        try template(
          beginning: configuration.addsBeginning ?? addsBeginning,
          end: configuration.addsEnd ?? addsEnd, configuration.special))
    }
    if configuration.tokenizerClass.rulesOffsets {
      postProcessor = postProcessor?.trimming(
        configuration.trimsOffsets, hasPrefixSpace: configuration.addsPrefixSpace ?? true)
    }
  }

  private mutating func adjustNormalizer(to configuration: TokenizerConfiguration) {
    let rule = configuration.tokenizerClass.normalizer
    guard rule != .file, case .bert(let bert)? = normalizer else { return }
    normalizer = .bert(
      BertNormalizer(
        cleansText: bert.cleansText,
        spacesChinese: rule == .caseAndAccents
          ? bert.spacesChinese : configuration.spacesChinese,
        stripsAccents: configuration.stripsAccents ?? configuration.lowercases,
        lowercases: configuration.lowercases))
  }

  private mutating func adjustPreTokenizer(to configuration: TokenizerConfiguration) {
    guard let addsPrefixSpace = configuration.addsPrefixSpace,
      case .byteLevel(_, let expression)? = preTokenizer
    else { return }
    preTokenizer = .byteLevel(addsPrefixSpace: addsPrefixSpace, expression: expression)
  }

  /// `<s> $A </s>`, each where it is wanted; the second of two texts has its own.
  private func template(
    beginning: Bool, end: Bool, _ special: SpecialTokens
  ) throws(TokenizerError) -> Template {
    func part(_ role: String, _ typeID: Int32) throws(TokenizerError) -> Template.Part {
      guard let content = special.content(of: role), let id = id(of: content) else {
        throw .invalid(
          path: "tokenizer_config.json.\(role)", reason: "is not there, and a text needs it")
      }
      return .special([id], typeID: typeID)
    }
    func parts(_ typeID: Int32) throws(TokenizerError) -> [Template.Part] {
      (beginning ? [try part("bos_token", typeID)] : [])
        + [.sequence(Int(typeID), typeID: typeID)]
        + (end ? [try part("eos_token", typeID)] : [])
    }
    return Template(single: try parts(0), pair: try parts(0) + parts(1))
  }

  /// Takes over what the files beside the tokenizer say.
  mutating func configure(_ configuration: TokenizerConfiguration) {
    modelMaximumLength = configuration.maximumLength
    if let left = configuration.truncatesLeft { truncatesLeft = left }
    hasTypeIDs = configuration.hasTypeIDs
    addedTokens.skipsSpecial = configuration.splitsSpecialTokens
    unknownKeys = configuration.unknownKeys
    findSpecialTokens(configuration.special.contents)
  }

  /// Leaves the special tokens out that stand around a text, and the tokens for what is not in the
  /// vocabulary, as models without layers read texts.
  public mutating func leaveOutSpecialTokens() {
    postProcessor = nil
    leavesOutUnknown = true
  }

  /// Puts texts in lower case before the tokenizer's own normaliser sees them, as
  /// sentence-transformers does for `do_lower_case`; special tokens are found before that.
  ///
  /// A normaliser that is or has a Lowercase stays as it is.
  public mutating func lowercase() {
    switch normalizer {
    case .lowercase?: break
    case .sequence(let steps)?:
      guard !steps.contains(where: { if case .lowercase = $0 { true } else { false } }) else {
        return
      }
      normalizer = .sequence([.lowercase] + steps)
    case let normalizer?: self.normalizer = .sequence([.lowercase, normalizer])
    case nil: normalizer = .sequence([.lowercase])
    }
  }

  /// Finds the special tokens by the names that a configuration gives them, else by those that are
  /// customary, else by their place in the post-processor's template.
  mutating func findSpecialTokens(_ names: [String: String]) {
    func find(_ role: String, _ customary: String...) -> Int32? {
      if let name = names[role] { return id(of: name) }
      for name in customary {
        if let id = id(of: name) { return id }
      }
      return nil
    }
    let ends = postProcessor?.ends
    classificationID =
      names["cls_token"].flatMap { id(of: $0) } ?? ends?.first ?? find("cls_token", "[CLS]", "<s>")
    separatorID =
      names["sep_token"].flatMap { id(of: $0) } ?? ends?.last ?? find("sep_token", "[SEP]", "</s>")
    paddingID = find("pad_token", "[PAD]", "<pad>")
    unknownID = names["unk_token"].flatMap { id(of: $0) } ?? model.unknownID
    maskID = find("mask_token", "[MASK]", "<mask>")
  }
}

extension PostProcessor {
  /// The same with other rules for the white space at the ends of tokens.
  fileprivate func trimming(_ trims: Bool, hasPrefixSpace: Bool) -> PostProcessor {
    let trim = trims ? OffsetTrim(hasPrefixSpace: hasPrefixSpace) : nil
    return switch self {
    case .roberta(let separator, let classification, _):
      .roberta(separator: separator, classification: classification, trims: trim)
    case .byteLevel: .byteLevel(trims: trim)
    case .template, .bert, .sequence: self
    }
  }

  /// The tokens before and after a single text.
  fileprivate var ends: (first: Int32?, last: Int32?)? {
    switch self {
    case .bert(let separator, let classification), .roberta(let separator, let classification, _):
      return (classification, separator)
    case .template(let template):
      var ends: (first: Int32?, last: Int32?) = (nil, nil)
      if case .special(let ids, _)? = template.single.first { ends.first = ids.first }
      if case .special(let ids, _)? = template.single.last { ends.last = ids.last }
      return ends
    case .sequence(let steps): return steps.lazy.compactMap(\.ends).first
    case .byteLevel: return nil
    }
  }
}

extension SubwordModel {
  /// The token for what is not in the vocabulary.
  fileprivate var unknownID: Int32? {
    switch self {
    case .wordPiece(let model): model.unknown
    case .wordLevel(let model): model.unknown
    case .unigram(let model): model.unknown
    case .bytePair(let model): model.unknown
    }
  }
}
