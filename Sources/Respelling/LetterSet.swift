import Tokenizers

/// A set of the letters a to z.
struct LetterSet: Sendable, Hashable {
  var bits: UInt32 = 0

  static let none = LetterSet()
  static let all = LetterSet(bits: (1 << 26) - 1)

  /// The letter that a scalar is, without its marks and in lower case; nil for anything else.
  static func letter(of scalar: UInt32) -> UInt8? {
    let base = BaseCharacter.of(scalar) | 0x20
    guard base &- 0x61 < 26, scalar >= 0xC0 || scalar &- 0x41 < 26 || scalar &- 0x61 < 26 else {
      return lookalikes[scalar]
    }
    return UInt8(truncatingIfNeeded: base &- 0x61)
  }

  func contains(_ letter: UInt8) -> Bool { bits >> UInt32(letter) & 1 == 1 }

  mutating func insert(_ letter: UInt8) { bits |= 1 << UInt32(letter) }

  /// The letters that a digit or sign may stand for.
  static let ofSign: [UInt32: LetterSet] = {
    var sets: [UInt32: LetterSet] = [:]
    for (letter, signs) in DisguisedLetters.leet {
      guard let letter = plain(letter) else { continue }
      for sign in signs.flatMap(\.unicodeScalars) {
        sets[sign.value, default: .none].insert(letter)
      }
    }
    return sets
  }()

  /// The letters beside each letter on the keyboard, by the letter's place.
  static let neighbours: [LetterSet] = {
    var sets = [LetterSet](repeating: .none, count: 26)
    for (letter, others) in DisguisedLetters.keyboardNeighbours {
      guard let letter = plain(letter) else { continue }
      for other in others.compactMap({ plain(Character($0)) }) { sets[Int(letter)].insert(other) }
    }
    return sets
  }()

  private static let lookalikes: [UInt32: UInt8] = {
    var letters: [UInt32: UInt8] = [:]
    for (letter, others) in DisguisedLetters.lookalikes {
      guard let letter = plain(letter) else { continue }
      for other in others.flatMap(\.unicodeScalars) { letters[other.value] = letter }
    }
    return letters
  }()

  /// The place of a Latin letter, from 0 for a.
  private static func plain(_ letter: Character) -> UInt8? {
    guard let scalar = letter.unicodeScalars.first else { return nil }
    let base = BaseCharacter.of(scalar.value) | 0x20
    return base &- 0x61 < 26 ? UInt8(truncatingIfNeeded: base &- 0x61) : nil
  }
}
