import JSON
import Platform

/// A text as the network reads it.
public struct PreparedText: Sendable, Equatable {
  /// A listed word, or an unknown one with the buckets of its subwords.
  public enum Word: Sendable, Equatable {
    case listed(Int32)
    case unknown(subwords: [Int32])
  }

  /// Ids of the spelling; 0 is padding, 1 an unlisted scalar.
  public var characters: [Int32]
  public var words: [Word]
  /// Words of the whole text, before truncation.
  public var wordCount: Int
  /// Whether characters or words beyond the bundle's maximum were left out.
  public var isTruncated: Bool

  public init(
    characters: [Int32], words: [Word], wordCount: Int? = nil, isTruncated: Bool = false
  ) {
    self.characters = characters
    self.words = words
    self.wordCount = wordCount ?? words.count
    self.isTruncated = isTruncated
  }

  /// Ids of words as a Keras model takes them.
  public init(characters: [Int32], wordIDs: [Int32]) {
    self.init(characters: characters, words: wordIDs.map { .listed($0) })
  }
}

/// From a text to ids, by the rules and tables of a bundle's `config.json`.
///
/// The rules are those of `Weights/weights/charword/preparation.py`, which numbers them; the numbers in the
/// comments here are the same.
struct TextPreparation: Sendable {
  enum Rules: String, CaseIterable, Sendable {
    /// The numbered rules.
    case disguises
    /// Lower-cased by table, split at spaces, looked up as it stands.
    case plain
  }

  let rules: Rules
  let maximumCharacters: Int
  let maximumWords: Int
  let lowercase: ScalarMap
  let fold: ScalarMap
  let leet: ScalarMap
  /// Second readings of the scalars that `leet` replaces.
  let alternatives: ScalarMap
  let classes: ScalarTables
  let index: WordIndex
  let subwords: Subwords?
  private let characters: ScalarMap
  /// Ids of characters, padding and unknown included.
  let characterCount: Int
  let user, link, number: Int32?

  init(_ configuration: ConfigurationReader, folder: URL) throws(RecurrentError) {
    let counts = 1...NetworkConfiguration.Sequence.mostInputs
    rules = try configuration.choice("rules")
    maximumCharacters = try configuration.int("maximumCharacters", in: counts)
    maximumWords = try configuration.int("maximumWords", in: counts)
    lowercase = try configuration.scalarMap("lowercase")
    let letters = try configuration.scalars("characters")
    characterCount = letters.count + 2
    // Unlisted scalars keep their own value in a ScalarMap; listed ones get an id with a mark above
    // the range of scalars, so that the two cannot be confused.
    characters = ScalarMap(
      from: letters.reversed(),
      to: (0..<UInt32(letters.count)).reversed().map { Self.mark | ($0 + 2) })
    let file = folder.appendingPathComponent("words.txt")
    guard let list = String(validating: try ConfigurationReader.bytes(of: file), as: UTF8.self)
    else { throw .notText(file: file.path) }
    var words = list.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if words.last?.isEmpty == true { words.removeLast() }
    index = WordIndex(words)

    var classes = ScalarTables()
    classes.insert(try configuration.scalars("spaces"), as: .space)
    if rules == .disguises {
      classes.insert(try configuration.scalarRanges("letters"), as: .letter)
      classes.insert(try configuration.scalarRanges("ignored"), as: .ignored)
      classes.insert(try configuration.scalarRanges("symbols"), as: .symbol)
      classes.insert(try configuration.scalars("edges"), as: .edge)
      fold = try configuration.scalarMap("fold")
      leet = try configuration.scalarMap("leet")
      alternatives = try configuration.scalarMap("alternatives")
      classes.insert(try configuration.reader("leet").scalars("from"), as: .wide)
    } else {
      let none = ScalarMap(from: [], to: [])
      (fold, leet, alternatives) = (none, none, none)
    }
    self.classes = classes
    subwords = try configuration.optionalReader("subwords").map {
      (object) throws(RecurrentError) in try Subwords(object)
    }
    user = index.position(special: "<user>").map { $0 + 2 }
    link = index.position(special: "<link>").map { $0 + 2 }
    number = index.position(special: "<number>").map { $0 + 2 }
    try configuration.end(ignoring: rules == .plain ? Self.disguiseKeys : ["documentation"])
  }

  /// Keys without effect under the plain rules.
  private static let disguiseKeys: Set<String> = [
    "documentation", "letters", "ignored", "symbols", "edges", "fold", "leet", "alternatives",
  ]

  private static let mark: UInt32 = 0x8000_0000

  /// The id of a character, rule 4: its place in the list + 2, or its look-alike's, or 1.
  private func character(_ scalar: UInt32) -> Int32 {
    var mapped = characters(scalar)
    if mapped & Self.mark == 0 { mapped = characters(fold(scalar)) }
    return mapped & Self.mark == 0 ? 1 : Int32(mapped & ~Self.mark)
  }

  func callAsFunction(_ text: String) -> PreparedText {
    var writer = Writer(self)
    let scalars = text.unicodeScalars.map { lowercase($0.value) }  // rule 1
    switch rules {
    case .disguises: readChunks(of: scalars, into: &writer)
    case .plain: readPlainly(scalars, into: &writer)
    }
    return writer.finished()
  }

  private func readPlainly(_ scalars: [UInt32], into writer: inout Writer) {
    writer.spell(scalars)
    for chunk in scalars.split(whereSeparator: { classes.has($0, .space) }) {
      let place = index.position(of: Array(chunk))
      writer.append(place.map { .listed($0 + 2) } ?? unknown(Array(chunk)))
    }
  }

  /// An unknown word; its subwords are taken from `spelling`.
  func unknown(_ spelling: [UInt32]) -> PreparedText.Word {
    .unknown(subwords: subwords?.buckets(of: spelling) ?? [])
  }

  /// Collects characters and words up to the maxima.
  struct Writer {
    private let preparation: TextPreparation
    private var result = PreparedText(characters: [], words: [])
    private var characterCount = 0

    init(_ preparation: TextPreparation) { self.preparation = preparation }

    mutating func spell(_ scalars: some Collection<UInt32>) {
      characterCount += scalars.count
      let room = preparation.maximumCharacters - result.characters.count
      for scalar in scalars.prefix(room) { result.characters.append(preparation.character(scalar)) }
    }

    mutating func append(_ word: PreparedText.Word) {
      result.wordCount += 1
      if result.words.count < preparation.maximumWords { result.words.append(word) }
    }

    func finished() -> PreparedText {
      var result = result
      result.isTruncated =
        characterCount > result.characters.count || result.wordCount > result.words.count
      return result
    }
  }
}

/// Hashed n-grams of a word between `<` and `>`.
struct Subwords: Sendable {
  let minimum: Int
  let maximum: Int
  let buckets: Int

  init(_ configuration: ConfigurationReader) throws(RecurrentError) {
    minimum = try configuration.int("minimum", in: 1...64)
    maximum = try configuration.int("maximum", in: minimum...64)
    buckets = try configuration.int("buckets", in: 1...Int(Int32.max))
    try configuration.end()
  }

  /// Buckets of all n-grams, shortest first: FNV-1a, 32 bits, over the UTF-8 bytes.
  func buckets(of word: [UInt32]) -> [Int32] {
    let padded = [UInt32(UInt8(ascii: "<"))] + word + [UInt32(UInt8(ascii: ">"))]
    var found: [Int32] = []
    for length in minimum...maximum where length <= padded.count {
      for start in 0...(padded.count - length) {
        var hash: UInt32 = 0x811c_9dc5
        for scalar in padded[start..<(start + length)] {
          let bytes =
            Unicode.Scalar(scalar).flatMap(UTF8.encode) ?? UTF8.encodedReplacementCharacter
          for byte in bytes { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        }
        found.append(Int32(hash % UInt32(buckets)))
      }
    }
    return found
  }
}
