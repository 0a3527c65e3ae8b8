/// The model families whose bare `vocab.txt` can be read.
enum VocabularyFamily {
  case bert, mpnet
}

extension Tokenizer {
  /// A WordPiece tokenizer from a `vocab.txt`: one token a line, its id the number of the line, of
  /// equal lines the last one counts.
  init(
    vocabulary bytes: [UInt8], family: VocabularyFamily, _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    let vocabulary = try Vocabulary(lines: bytes)
    let special = configuration.completed(with: family.specialTokens)
    let unknown = special.specialTokens["unk_token"]?.content ?? "[UNK]"
    let model = Model.wordPiece(
      try WordPiece(
        vocabulary, unknown: unknown, continuationPrefix: "##", maximumScalars: 100))
    var added = AddedTokens()
    added.add(special.tokensToAdd(besides: added), to: vocabulary)

    func id(_ role: String) throws(TokenizerError) -> Int32 {
      let name = special.specialTokens[role]?.content ?? ""
      guard let id = added.id(of: name) ?? vocabulary.id(of: name) else {
        throw .noUnknownToken(model: role, token: name)
      }
      return id
    }
    let lowercases = configuration.lowercases ?? true
    try self.init(
      normalizer: .bert(
        BertNormalizer(
          cleansText: true, spacesChinese: configuration.spacesChinese ?? true,
          stripsAccents: configuration.stripsAccents ?? lowercases, lowercases: lowercases)),
      preTokenizer: .bert, model: model,
      postProcessor: .template(
        family.template(classification: try id("cls_token"), separator: try id("sep_token"))),
      addedTokens: added)
    configure(special)
  }
}

extension Vocabulary {
  /// Lines end as Python's text files have them: LF, CR LF or CR.
  fileprivate init(lines bytes: [UInt8]) throws(TokenizerError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .invalid(path: "vocab.txt", reason: "is not valid UTF-8")
    }
    var lines: [Range<Int>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x0A || bytes[index] == 0x0D else {
        index += 1
        continue
      }
      lines.append(start..<index)
      if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
      index += 1
      start = index
    }
    if start < bytes.count { lines.append(start..<bytes.count) }
    var table = PieceTable()
    table.reserve(pieces: lines.count, bytes: bytes.count)
    for line in lines { table.append(bytes[line]) }
    try self.init(table)
  }
}

extension VocabularyFamily {
  fileprivate func template(classification: Int32, separator: Int32) -> Template {
    let first = Template.Part.special([classification], typeID: 0)
    let last = Template.Part.special([separator], typeID: 0)
    let text = Template.Part.sequence(0, typeID: 0)
    let second: [Template.Part] = [
      .sequence(1, typeID: 1), .special([separator], typeID: 1),
    ]
    return Template(
      single: [first, text, last],
      pair: [first, text, last] + (self == .mpnet ? [last] : []) + second)
  }

  fileprivate var specialTokens: [(role: String, token: AddedToken)] {
    func special(_ content: String, left: Bool = false) -> AddedToken {
      AddedToken(content: content, stripsLeft: left, isNormalized: false, isSpecial: true)
    }
    switch self {
    case .bert:
      return [
        ("unk_token", special("[UNK]")), ("sep_token", special("[SEP]")),
        ("pad_token", special("[PAD]")), ("cls_token", special("[CLS]")),
        ("mask_token", special("[MASK]")),
      ]
    case .mpnet:
      return [
        ("bos_token", special("<s>")),
        ("eos_token", special("</s>")),
        ("unk_token", special("[UNK]")),
        ("sep_token", special("</s>")),
        ("pad_token", special("<pad>")),
        ("cls_token", special("<s>")),
        ("mask_token", special("<mask>", left: true)),
      ]
    }
  }
}
