import JSON

/// Reads the `model` of a `tokenizer.json` without building a tree of its vocabulary.
struct ModelReader {
  private var table = PieceTable()
  /// Of a vocabulary that is an object.
  private var ids: [Int32]?
  /// Of a vocabulary that is a list.
  private var scores: [Double]?
  private var merges: [(left: [UInt8], right: [UInt8])]?
  private var options = JSONObject()

  static func read(_ scanner: inout JSONScanner) throws(TokenizerError) -> SubwordModel {
    var reader = ModelReader()
    do { try reader.scan(&scanner) } catch { throw .json(file: "tokenizer.json", error) }
    return try reader.model()
  }

  /// Reads a `vocab.json`: `{"token": id, …}`.
  static func vocabulary(_ bytes: [UInt8]) throws(TokenizerError) -> Vocabulary {
    var reader = ModelReader()
    do {
      var scanner = JSONScanner(bytes)
      try reader.readTokens(&scanner)
      try scanner.end()
    } catch { throw .json(file: "vocab.json", error) }
    return try Vocabulary(reader.table, ids: reader.ids ?? [], path: "vocab.json")
  }

  private mutating func scan(_ scanner: inout JSONScanner) throws(JSONError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if scanner.matches(key, "vocab") {
        if try scanner.peek() == .array {
          try readPieces(&scanner)
        } else {
          try readTokens(&scanner)
        }
      } else if scanner.matches(key, "merges"), try scanner.peek() == .array {
        try readMerges(&scanner)
      } else {
        options[scanner.string(key)] = try scanner.value()
      }
    }
  }

  /// `{"token": id, …}`
  private mutating func readTokens(_ scanner: inout JSONScanner) throws(JSONError) {
    var ids: [Int32] = []
    table.reserve(pieces: 65_536, bytes: 1 << 19)
    try scanner.beginObject(checkingKeys: false)
    while let key = try scanner.nextKey() {
      table.append { scanner.append(key, to: &$0) }
      let at = scanner.position
      let value = try scanner.integer()
      guard let id = Int32(exactly: value), id >= 0 else {
        throw .numberOutOfRange(String(value), type: "token id", at: scanner.location(at))
      }
      ids.append(id)
    }
    self.ids = ids
  }

  /// `[["piece", score], …]`
  private mutating func readPieces(_ scanner: inout JSONScanner) throws(JSONError) {
    var scores: [Double] = []
    table.reserve(pieces: 262_144, bytes: 1 << 22)
    scores.reserveCapacity(262_144)
    try scanner.beginArray()
    while try scanner.nextElement() {
      try scanner.beginArray()
      guard try scanner.nextElement() else { throw malformed(scanner) }
      let text = try scanner.text()
      table.append { scanner.append(text, to: &$0) }
      guard try scanner.nextElement() else { throw malformed(scanner) }
      guard try scanner.peek() == .number else { throw malformed(scanner) }
      let start = scanner.position
      try scanner.skip()
      scores.append(Score.read(scanner.bytes.span, start..<scanner.position))
      guard try !scanner.nextElement() else { throw malformed(scanner) }
    }
    self.scores = scores
  }

  private func malformed(_ scanner: JSONScanner) -> JSONError {
    .unexpected(
      found: "something else", expected: "a piece and its score",
      at: scanner.location(scanner.position))
  }

  /// `["a b", …]` or `[["a", "b"], …]`
  private mutating func readMerges(_ scanner: inout JSONScanner) throws(JSONError) {
    var merges: [(left: [UInt8], right: [UInt8])] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      let at = scanner.position
      var parts: [[UInt8]] = []
      if try scanner.peek() == .array {
        try scanner.beginArray()
        while try scanner.nextElement() { parts.append(Array(try scanner.string().utf8)) }
      } else {
        let line = Array(try scanner.string().utf8)
        if line.starts(with: "#version".utf8) { continue }
        parts = line.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      }
      guard parts.count == 2 else {
        throw .unexpected(
          found: "\(parts.count) parts", expected: "the two parts of a merge",
          at: scanner.location(at))
      }
      merges.append((parts[0], parts[1]))
    }
    self.merges = merges
  }

  // MARK: Models

  private func model() throws(TokenizerError) -> SubwordModel {
    let component = try ComponentReader(.object(options), "model")
    let name: String
    if let type = try component.optionalString("type") {
      name = type
    } else if scores != nil {
      name = "Unigram"
    } else if merges != nil {
      name = "BPE"
    } else {
      name = options["continuing_subword_prefix"] != nil ? "WordPiece" : "WordLevel"
    }
    switch name {
    case "WordPiece":
      return .wordPiece(
        try WordPiece(
          try vocabulary(), unknown: try component.string("unk_token"),
          continuationPrefix: try component.string("continuing_subword_prefix"),
          maximumScalars: try component.int("max_input_chars_per_word")))
    case "WordLevel":
      return .wordLevel(
        try WordLevel(try vocabulary(), unknown: try component.string("unk_token")))
    case "Unigram":
      guard let scores else { throw .json(file: "model", .missing(path: "vocab")) }
      return .unigram(
        try Unigram(
          try Vocabulary(table), scores: scores, unknown: try component.optionalInt("unk_id"),
          byteFallback: try component.bool("byte_fallback", default: false)))
    case "BPE": return .bytePair(try bytePair(component))
    default: throw .unknownComponent(kind: "model", name: name)
    }
  }

  private func vocabulary() throws(TokenizerError) -> Vocabulary {
    guard let ids else {
      throw .invalid(path: "model.vocab", reason: "should be an object of tokens and ids")
    }
    return try Vocabulary(table, ids: ids)
  }

  private func bytePair(_ component: ComponentReader) throws(TokenizerError) -> BytePairEncoding {
    guard let merges else { throw .json(file: "model", .missing(path: "merges")) }
    if let dropout = component.value["dropout"], dropout != .null, dropout != 0 {
      throw .invalid(path: "model.dropout", reason: "drops merges at random, which is for training")
    }
    var options = BytePairEncoding.Options()
    options.unknown = try component.optionalString("unk_token")
    options.continuationPrefix =
      Array(try component.string("continuing_subword_prefix", default: "").utf8)
    options.wordSuffix = Array(try component.string("end_of_word_suffix", default: "").utf8)
    options.fusesUnknown = try component.bool("fuse_unk", default: false)
    options.byteFallback = try component.bool("byte_fallback", default: false)
    options.ignoresMerges = try component.bool("ignore_merges", default: false)
    return try BytePairEncoding(try vocabulary(), merges: merges, options: options)
  }
}

/// Scores as the reference library reads them.
///
/// Its JSON reader does not round correctly: it takes the digits as an integer, which it converts
/// and divides by a power of ten. A quarter of XLM-R's scores end up one unit in the last place
/// off, and ties between segmentations are decided by it.
enum Score {
  /// - Parameter range: a number's token, already checked.
  static func read(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Double {
    var index = range.lowerBound
    while index < range.upperBound, bytes[index] <= 0x20 { index &+= 1 }
    let isNegative = index < range.upperBound && bytes[index] == 0x2D
    if isNegative { index &+= 1 }
    var significand: UInt64 = 0
    var exponent = 0
    var isFraction = false
    var isFull = false
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == 0x2E {
        isFraction = true
      } else if byte &- 0x30 < 10 {
        let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 0x30))
        if isFull || overflow || carry {
          isFull = true
          if !isFraction { exponent += 1 }
        } else {
          significand = sum
          if isFraction { exponent -= 1 }
        }
      } else {
        break
      }
      index &+= 1
    }
    if index < range.upperBound { exponent += power(bytes, index + 1..<range.upperBound) }
    var value = Double(significand)
    while exponent < -308 {
      value /= 1e308
      exponent += 308
      if value == 0 { exponent = 0 }
    }
    if exponent < 0 {
      value /= powers[-exponent]
    } else if exponent > 0 {
      value *= exponent > 308 ? .infinity : powers[exponent]
    }
    return isNegative ? -value : value
  }

  private static func power(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
    var value = 0
    var isNegative = false
    for index in range {
      let byte = bytes[index]
      if byte == 0x2D { isNegative = true }
      if byte &- 0x30 < 10, value < 100_000 { value = value * 10 + Int(byte - 0x30) }
    }
    return isNegative ? -value : value
  }

  /// 1e0 to 1e308, each rounded correctly.
  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }
}
