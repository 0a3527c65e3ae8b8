/// The model families whose bare `vocab.txt` can be read.
enum VocabularyFamily {
  case bert, mpnet

  /// Nil where the tokenizers of the class have no `vocab.txt`, or one that is read in another way.
  init?(className: String) {
    switch className {
    case "MPNetTokenizer": self = .mpnet
    case "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "ConvBertTokenizer",
      "SqueezeBertTokenizer", "MobileBertTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
      "RealmTokenizer", "RetriBertTokenizer", "DPRReaderTokenizer", "DPRContextEncoderTokenizer",
      "DPRQuestionEncoderTokenizer":
      self = .bert
    default: return nil
    }
  }

  var tokenizerClass: TokenizerClass {
    let name = self == .bert ? "BertTokenizer" : "MPNetTokenizer"
    return TokenizerClass.all.first { $0.name == name } ?? .plain
  }
}

extension Tokenizer {
  /// A WordPiece tokenizer from a `vocab.txt`: one token a line, its id the number of the line, of
  /// equal lines the last one counts.
  init(
    vocabulary bytes: [UInt8], family: VocabularyFamily, _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    let vocabulary = try Vocabulary(lines: bytes)
    let special = configuration.special
    let unknown = special.content(of: "unk_token") ?? "[UNK]"
    let model = SubwordModel.wordPiece(
      try WordPiece(
        vocabulary, unknown: unknown, continuationPrefix: "##", maximumScalars: 100))
    var added = AddedTokens()
    added.add(configuration.tokensToAdd(besides: []), to: vocabulary)

    func id(_ role: String) throws(TokenizerError) -> Int32 {
      let name = special.content(of: role) ?? ""
      guard let id = added.id(of: name) ?? vocabulary.id(of: name) else {
        throw .noUnknownToken(model: role, token: name)
      }
      return id
    }
    try self.init(
      normalizer: .bert(
        BertNormalizer(
          cleansText: true, spacesChinese: configuration.spacesChinese,
          stripsAccents: configuration.stripsAccents ?? configuration.lowercases,
          lowercases: configuration.lowercases)),
      preTokenizer: .bert, model: model,
      postProcessor: .template(
        family.template(classification: try id("cls_token"), separator: try id("sep_token"))),
      addedTokens: added)
    configure(configuration)
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
    let template = Template.classification(id: classification, separator: separator)
    guard self == .mpnet else { return template }
    let last = Template.Part.special([separator], typeID: 0)
    return Template(
      single: template.single, pair: template.single + [last] + template.pair.dropFirst(3))
  }
}
