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
  /// ALBERT: the pieces' own ids.
  case albert

  var className: String {
    switch self {
    case .xlmRoberta: "XLMRobertaTokenizer"
    case .camembert: "CamembertTokenizer"
    case .deberta: "DebertaV2Tokenizer"
    case .albert: "AlbertTokenizer"
    }
  }

  /// The name that the file has for this family.
  var fileName: String {
    switch self {
    case .xlmRoberta, .camembert: "sentencepiece.bpe.model"
    case .deberta: "spm.model"
    case .albert: "spiece.model"
    }
  }

  var tokenizerClass: TokenizerClass {
    TokenizerClass.all.first { $0.name == className } ?? .plain
  }
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
    case .albert:
      append(from: 0)
      for piece in scores.indices where file.endsWithNumberAndComma(piece) { scores[piece] -= 100 }
      unknown = file.unknown
    }
    let vocabulary = try Vocabulary(table)
    let model = SubwordModel.unigram(
      try Unigram(vocabulary, scores: scores, unknown: unknown, byteFallback: false))

    var added = AddedTokens()
    added.add(file.addedTokens, to: vocabulary)
    let special = configuration.special
    var further = configuration.tokensToAdd(besides: added.tokens.map { ($0, $1) })
    if family == .deberta {
      // The Python class has this one token in the normalised text.
      for index in further.indices where further[index].content == "[UNK]" {
        further[index].isNormalized = true
      }
    }
    added.add(further, to: vocabulary)

    func id(_ role: String) throws(TokenizerError) -> Int32 {
      let name = special.content(of: role) ?? ""
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
    configure(configuration)
  }
}

extension SentencePieceModel {
  /// Whether the piece ends with a digit and a comma. ALBERT leaves such pieces to their parts.
  fileprivate func endsWithNumberAndComma(_ piece: Int) -> Bool {
    let scalars = pieces.string(piece).unicodeScalars.suffix(2)
    guard scalars.count == 2, scalars.last == ",", let digit = scalars.first else { return false }
    return [.decimal, .digit].contains(digit.properties.numericType)
  }

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
      if configuration.lowercases { steps.insert(.lowercase, at: 0) }
      steps.append(.replace(.spaces(minimum: 2), with: [0x20]))
    case .albert:
      var first: [Normalizer] = ["``", "''"].map {
        .replace(.string(Array($0.utf8)), with: Array("\"".utf8))
      }
      if !configuration.keepsAccents {
        first += [.compatibility(composed: false), .stripAccents]
      }
      if configuration.lowercases { first.append(.lowercase) }
      steps = first + steps + [.replace(.spaces(minimum: 2), with: [0x20])]
    }
    let normalizer = Normalizer.sequence(steps)
    try normalizer.checkLimits("precompiled_charsmap")
    return normalizer
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
    case .deberta, .albert: return .classification(id: classification, separator: separator)
    }
  }
}
