/// What a SentencePiece model file (`ModelProto` of sentencepiece_model.proto) says.
struct SentencePieceModel {
  enum Kind: UInt64 {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// The pieces, by id.
  private(set) var pieces = PieceTable()
  private(set) var scores: [Double] = []
  private(set) var kinds: [Kind] = []
  /// The id of the piece for what is unknown.
  private(set) var unknown = 0
  /// The compiled normalisation; empty if there is none.
  private(set) var charsmap: [UInt8] = []
  /// 1 unigram, 2 BPE, 3 word, 4 char.
  private var type: UInt64 = 1

  init(_ bytes: [UInt8]) throws(TokenizerError) {
    var buffer = ProtocolBuffer(bytes)
    while let (field, value) = try buffer.next() {
      guard case .bytes(let range) = value else { continue }
      switch field {
      case 1: try readPiece(bytes, range)
      case 2: try readTrainer(bytes, range)
      case 3: try readNormalizer(bytes, range)
      default: break
      }
    }
    guard type == 1 else {
      throw .invalidSentencePiece(
        reason: "model type \(type); only unigram models (type 1) are read")
    }
    guard pieces.count > 0 else { throw .invalidSentencePiece(reason: "has no pieces") }
    try checkUTF8()
  }

  /// All pieces at once; then, only if something is wrong, each by itself.
  private func checkUTF8() throws(TokenizerError) {
    let beginsInside = { (piece: Int) -> Bool in
      let range = pieces.range(piece)
      return !range.isEmpty && pieces.bytes[range.lowerBound] & 0xC0 == 0x80
    }
    if String(validating: pieces.bytes, as: UTF8.self) != nil,
      !(0..<pieces.count).contains(where: beginsInside)
    {
      return
    }
    for piece in 0..<pieces.count
    where String(validating: pieces.bytes[pieces.range(piece)], as: UTF8.self) == nil {
      throw .invalidSentencePiece(reason: "piece \(piece) is not valid UTF-8")
    }
  }

  private mutating func readPiece(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(TokenizerError) {
    var text = 0..<0
    var score: Float = 0
    var kind = Kind.normal
    var buffer = ProtocolBuffer(bytes, range)
    while let (field, value) = try buffer.next() {
      switch (field, value) {
      case (1, .bytes(let range)): text = range
      case (2, .word(let bits)): score = Float(bitPattern: bits)
      case (3, .integer(let number)):
        guard let known = Kind(rawValue: number) else {
          throw .invalidSentencePiece(reason: "piece \(pieces.count) has the type \(number)")
        }
        kind = known
      default: break
      }
    }
    guard score.isFinite else {
      throw .invalidSentencePiece(reason: "piece \(pieces.count) has the score \(score)")
    }
    pieces.append(bytes[text])
    scores.append(Double(score))
    kinds.append(kind)
  }

  private mutating func readTrainer(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(TokenizerError) {
    var buffer = ProtocolBuffer(bytes, range)
    while let (field, value) = try buffer.next() {
      switch (field, value) {
      case (3, .integer(let number)): type = number
      case (40, .integer(let number)): unknown = Int(truncatingIfNeeded: number)
      default: break
      }
    }
  }

  private mutating func readNormalizer(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(TokenizerError) {
    var buffer = ProtocolBuffer(bytes, range)
    while let (field, value) = try buffer.next() {
      if case (2, .bytes(let range)) = (field, value) { charsmap = Array(bytes[range]) }
    }
  }
}
