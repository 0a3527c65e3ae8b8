/// A text as a row of signs: letters, what may stand for them, and what parts words.
struct SpelledText {
  enum Kind: Hashable {
    case space
    /// A sign that nothing is known of, such as an emoji.
    case other
    /// A sign that people put between letters.
    case sign
    /// A digit, or a sign that may stand for a letter.
    case stand
    case letter
  }

  struct Sign {
    var kind: Kind
    /// The letter, if it is one.
    var letter: UInt8 = .max
    var isCapital = false
    var isDigit = false
    /// The letters that a digit or sign may stand for.
    var stands = LetterSet.none
    /// Whether it may hide any letter: the star of `f*ck`.
    var masks = false
    /// Whether it opens a hashtag or parenthesis where it is a word's first sign.
    var opens = false
    /// Whether people put it between letters.
    var parts = false
    /// Whether it is an apostrophe, which words have and which changes none of them.
    var isApostrophe = false
    /// Where it lies in the text's UTF-8, with marks and invisible characters behind it.
    var start: Int
  }

  private(set) var signs: [Sign] = []
  let utf8: [UInt8]
  /// Whether most letters are capitals.
  private(set) var isShouted = false

  /// - Parameter limit: signs that are read, and one more
  init(_ text: String, limit: Int = .max - 1) {
    utf8 = Array(text.utf8)
    signs.reserveCapacity(min(utf8.count, limit + 1))
    var start = 0
    for scalar in text.unicodeScalars {
      defer { start += UTF8.width(scalar) }
      let properties = scalar.properties
      if scalar.value >= 0x80, !signs.isEmpty,
        properties.isDefaultIgnorableCodePoint || properties.generalCategory == .nonspacingMark
      {
        continue
      }
      signs.append(Self.sign(scalar, start))
      if signs.count > limit { break }
    }
    let letters = signs.count { $0.kind == .letter }
    isShouted = 2 * signs.count(where: \.isCapital) > letters
  }

  var count: Int { signs.count }

  /// The text of the signs in the range, as it was written.
  func text(_ range: Range<Int>) -> String {
    let end = range.upperBound < count ? signs[range.upperBound].start : utf8.count
    return String(decoding: utf8[start(range.lowerBound)..<end], as: UTF8.self)
  }

  /// Whether a word may end in front of this place without being cut.
  func isEnd(_ place: Int) -> Bool {
    place == count || (signs[place].kind != .letter && !signs[place].isDigit)
  }

  private func start(_ place: Int) -> Int {
    place == 0 ? 0 : place < count ? signs[place].start : utf8.count
  }

  private static let parting = Set(".-*_'’`~|,#^+:;/\\".unicodeScalars.map(\.value))

  private static func sign(_ scalar: Unicode.Scalar, _ start: Int) -> Sign {
    let value = scalar.value
    if let letter = LetterSet.letter(of: value) {
      return Sign(
        kind: .letter, letter: letter, isCapital: scalar.properties.isUppercase, start: start)
    }
    if scalar.properties.isWhitespace { return Sign(kind: .space, start: start) }
    let stands = LetterSet.ofSign[value] ?? .none
    let parts = parting.contains(value)
    let isDigit = value &- 0x30 < 10
    let kind: Kind = isDigit || stands != .none ? .stand : parts ? .sign : .other
    return Sign(
      kind: kind, isDigit: isDigit, stands: stands, masks: value == 0x2A || value == 0x23,
      opens: value == 0x23 || value == 0x28, parts: parts,
      isApostrophe: value == 0x27 || value == 0x2019, start: start)
  }
}
