/// The classes whose tokenizers can be read from `vocab.json` and `merges.txt`: byte-level BPE, with
/// other words and other special tokens. The conversions are those of transformers 4.57.
enum MergesFamily {
  case roberta, gpt2, deberta, qwen2

  /// Nil where the tokenizers of the class have other files, or are made of these in another way.
  init?(className: String) {
    switch className {
    case "RobertaTokenizer", "LongformerTokenizer", "BartTokenizer", "LEDTokenizer", "MvpTokenizer":
      self = .roberta
    case "GPT2Tokenizer": self = .gpt2
    case "DebertaTokenizer": self = .deberta
    case "Qwen2Tokenizer": self = .qwen2
    default: return nil
    }
  }

  /// Qwen2's pattern: GPT-4's with single digits.
  static let qwen2Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
    + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
}

extension Tokenizer {
  /// A byte-level BPE tokenizer from the text of a `vocab.json` and a `merges.txt`.
  init(
    vocabulary: [UInt8], merges: [UInt8], family: MergesFamily,
    _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    let vocabulary = try ModelReader.vocabulary(vocabulary)
    let model = SubwordModel.bytePair(
      try BytePairEncoding(
        vocabulary, merges: MergesFile.pairs(merges, skipsEmptyLines: family == .qwen2),
        options: BytePairEncoding.Options(), path: "merges.txt"))
    var configuration = configuration
    if family == .deberta {
      // The Python class gives the mask options that the class for tokenizer.json leaves to the file.
      configuration.special.setStyle(.stripsLeft, of: "mask_token")
    }
    var added = AddedTokens()
    added.add(configuration.tokensToAdd(besides: []), to: vocabulary)
    func id(_ token: String?) throws(TokenizerError) -> Int32 {
      let token = token ?? ""
      guard let id = added.id(of: token) ?? vocabulary.id(of: token) else {
        throw .invalid(path: "vocab.json", reason: "has no token \"\(token)\", and a text needs it")
      }
      return id
    }
    let addsPrefixSpace = configuration.addsPrefixSpace ?? false
    let special = configuration.special
    var steps: [PreTokenizer] = []
    let postProcessor: PostProcessor
    switch family {
    case .roberta:
      postProcessor = .roberta(
        separator: try id(special.content(of: "sep_token")),
        classification: try id(special.content(of: "cls_token")),
        trims: PostProcessor.OffsetTrim(hasPrefixSpace: addsPrefixSpace))
    case .gpt2 where configuration.addsBeginning == true:
      let first = Template.Part.special([try id(special.content(of: "bos_token"))], typeID: 0)
      postProcessor = .template(
        Template(
          single: [first, .sequence(0, typeID: 0)],
          pair: [first, .sequence(0, typeID: 0), .sequence(1, typeID: 1)]))
    case .gpt2: postProcessor = .byteLevel(trims: nil)
    case .deberta:
      postProcessor = .template(
        .classification(id: try id("[CLS]"), separator: try id("[SEP]")))
    case .qwen2:
      let pattern = try RegularExpression(MergesFamily.qwen2Pattern)
      steps = [.split(.expression(pattern), .isolated, isInverted: false)]
      postProcessor = .byteLevel(trims: nil)
    }
    let bytes = PreTokenizer.byteLevel(
      addsPrefixSpace: addsPrefixSpace,
      expression: family == .qwen2 ? nil : try RegularExpression(PreTokenizer.byteLevelPattern))
    try self.init(
      normalizer: family == .qwen2 ? .canonical(composed: true) : nil,
      preTokenizer: steps.isEmpty ? bytes : .sequence(steps + [bytes]), model: model,
      postProcessor: postProcessor, addedTokens: added)
    try adjust(to: configuration)
    configure(configuration)
  }
}

/// A `merges.txt`: a pair of tokens a line, by falling priority.
enum MergesFile {
  /// The pairs; of equal ones the first counts.
  ///
  /// The reference drops the first line, whatever it is, and what follows the last line feed.
  ///
  /// - Parameter skipsEmptyLines: Qwen2's reader drops the first line only if it names a version, and
  ///   lines that are empty.
  static func pairs(
    _ bytes: [UInt8], skipsEmptyLines: Bool
  ) throws(TokenizerError) -> [(left: [UInt8], right: [UInt8])] {
    var lines = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A }[...]
    if skipsEmptyLines {
      if lines.first?.starts(with: "#version:".utf8) == true { lines.removeFirst() }
    } else {
      lines = lines.dropFirst().dropLast()
    }
    var pairs: [(left: [UInt8], right: [UInt8])] = []
    pairs.reserveCapacity(lines.count)
    var seen: Set<Pair> = []
    for index in lines.indices {
      let parts = lines[index].split { $0 == 0x20 || (0x09...0x0D).contains($0) }
      if parts.isEmpty, skipsEmptyLines { continue }
      guard parts.count == 2 else {
        throw .invalid(
          path: "merges.txt, line \(index + 1)",
          reason: "should be the two parts of a merge but has \(parts.count)")
      }
      guard seen.insert(Pair(left: parts[0], right: parts[1])).inserted else { continue }
      pairs.append((Array(parts[0]), Array(parts[1])))
    }
    return pairs
  }

  private struct Pair: Hashable {
    let left: ArraySlice<UInt8>
    let right: ArraySlice<UInt8>
  }
}
