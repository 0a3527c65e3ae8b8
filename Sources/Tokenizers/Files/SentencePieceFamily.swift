/// The model families whose bare SentencePiece files can be read. Each gives the pieces other ids
/// and normalises in its own way; the conversions are those of transformers 4.57.
public enum SentencePieceFamily: String, Sendable, CaseIterable {
  /// XLM-RoBERTa: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, the pieces one above their own ids,
  /// `<mask>` last.
  case xlmRoberta = "xlm-roberta"
  /// CamemBERT: four above, with `<unk>NOTUSED` and others in front.
  case camembert
  /// DeBERTa-v2 and v3: the pieces' own ids, `[MASK]` behind them.
  case deberta = "deberta-v2"
}

extension Tokenizer {
  init(
    _ file: SentencePieceModel, family: SentencePieceFamily, _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    var table = PieceTable()
    var scores: [Double] = []
    func append(_ piece: String, score: Double = 0) {
      table.append(piece.utf8)
      scores.append(score)
    }
    func append(from first: Int) {
      guard first < file.pieces.count else { return }
      for piece in first..<file.pieces.count {
        table.append(file.pieces.bytes[file.pieces.range(piece)])
        scores.append(file.scores[piece])
      }
    }
    let unknown: Int
    table.reserve(pieces: file.pieces.count + 8, bytes: file.pieces.bytes.count + 64)
    switch family {
    case .xlmRoberta:
      for piece in ["<s>", "<pad>", "</s>", "<unk>"] { append(piece) }
      append(from: 3)
      append("<mask>")
      unknown = 3
    case .camembert:
      for piece in ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"] { append(piece) }
      append("<unk>NOTUSED", score: -100)
      append(from: 1)
      append("<mask>")
      unknown = 3
    case .deberta:
      append(from: 0)
      unknown = file.unknown
    }
    let vocabulary = try Vocabulary(table)
    let model = Model.unigram(
      try Unigram(vocabulary, scores: scores, unknown: unknown, byteFallback: false))

    var added = AddedTokens()
    added.add(file.addedTokens, to: vocabulary)
    let special = configuration.completed(with: family.specialTokens)
    added.add(special.tokensToAdd(besides: added), to: vocabulary)

    func id(_ role: String) throws(TokenizerError) -> Int32 {
      let name = special.specialTokens[role]?.content ?? ""
      guard let id = added.id(of: name) ?? vocabulary.id(of: name) else {
        throw .noUnknownToken(model: role, token: name)
      }
      return id
    }
    try self.init(
      normalizer: try family.normalizer(file.charsmap, configuration),
      preTokenizer: family.preTokenizer(configuration), model: model,
      postProcessor: .template(
        family.template(classification: try id("cls_token"), separator: try id("sep_token"))),
      addedTokens: added)
    configure(special)
  }
}

extension SentencePieceModel {
  /// Control pieces and the user's own pieces are looked for in the text.
  fileprivate var addedTokens: [AddedToken] {
    kinds.indices.compactMap { piece in
      guard kinds[piece] == .control || kinds[piece] == .userDefined else { return nil }
      var token = AddedToken(content: pieces.string(piece))
      token.isNormalized = false
      token.isSpecial = kinds[piece] == .control
      return token
    }
  }
}

extension SentencePieceFamily {
  fileprivate func normalizer(
    _ charsmap: [UInt8], _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> Normalizer {
    var steps: [Normalizer] = []
    if !charsmap.isEmpty { steps.append(.precompiled(try Charsmap(charsmap))) }
    switch self {
    case .xlmRoberta, .camembert:
      steps.append(.strip(left: false, right: true))
      steps.append(.replace(.spaces(minimum: 2), with: Array("▁".utf8)))
    case .deberta:
      steps.insert(.strip(left: true, right: true), at: 0)
      if configuration.lowercases == true { steps.insert(.lowercase, at: 0) }
      steps.append(.replace(.spaces(minimum: 2), with: [0x20]))
    }
    return .sequence(steps)
  }

  fileprivate func preTokenizer(_ configuration: TokenizerConfiguration) -> PreTokenizer {
    let metaspace = PreTokenizer.metaspace(
      Metaspace(replacement: 0x2581, scheme: .always, splits: true))
    guard self == .deberta, configuration.splitsPunctuation else { return metaspace }
    return .sequence([.punctuation(.isolated), metaspace])
  }

  fileprivate func template(classification: Int32, separator: Int32) -> Template {
    let first = Template.Part.special([classification], typeID: 0)
    let last = Template.Part.special([separator], typeID: 0)
    let text = Template.Part.sequence(0, typeID: 0)
    switch self {
    case .xlmRoberta, .camembert:
      return Template(
        single: [first, text, last],
        pair: [first, text, last, last, .sequence(1, typeID: 0), last])
    case .deberta:
      return Template(
        single: [first, text, last],
        pair: [first, text, last, .sequence(1, typeID: 1), .special([separator], typeID: 1)])
    }
  }

  /// The special tokens that the family's tokenizer class has unless it is told otherwise, in the
  /// order in which they are added.
  fileprivate var specialTokens: [(role: String, token: AddedToken)] {
    func special(_ content: String, normalized: Bool = false, left: Bool = false) -> AddedToken {
      AddedToken(
        content: content, stripsLeft: left, isNormalized: normalized, isSpecial: true)
    }
    switch self {
    case .xlmRoberta, .camembert:
      return [
        ("bos_token", special("<s>")), ("eos_token", special("</s>")),
        ("unk_token", special("<unk>")), ("sep_token", special("</s>")),
        ("pad_token", special("<pad>")), ("cls_token", special("<s>")),
        ("mask_token", special("<mask>", left: true)),
      ]
        + (self == .camembert
          ? ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"].map {
            ("additional_special_tokens", special($0))
          } : [])
    case .deberta:
      return [
        ("bos_token", special("[CLS]")), ("eos_token", special("[SEP]")),
        ("unk_token", special("[UNK]", normalized: true)), ("sep_token", special("[SEP]")),
        ("pad_token", special("[PAD]")), ("cls_token", special("[CLS]")),
        ("mask_token", special("[MASK]")),
      ]
    }
  }
}
