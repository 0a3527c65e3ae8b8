import Respelling

/// Writes texts as people write them who want to get past a filter.
///
/// The same seed, disguise, strength and text always give the same variant, whatever came before.
/// Links, mentions and words of one letter are left alone, as those who hide words leave them.
public struct Perturber: Sendable {
  /// The strengths there are, from a touch to most letters.
  public static let strengths = 1...3

  public let seed: UInt64

  public init(seed: UInt64 = 0) {
    self.seed = seed
  }

  /// The text in disguise; the text itself when there is nothing to disguise.
  ///
  /// - Parameter strength: 1 changes about half of the words by a letter, 2 most words by a third of
  ///   their letters, 3 every word by most of its letters. Other values are brought into 1…3.
  public func callAsFunction(_ text: String, _ disguise: Disguise, strength: Int) -> String {
    let strength = min(max(strength, Self.strengths.lowerBound), Self.strengths.upperBound)
    var generator = SeededGenerator(
      seed: seed ^ UInt64(strength) &* 0x9e37_79b9 ^ (UInt64(disguise.place) &<< 40), text: text)
    let words = Self.words(of: text)
    let candidates = words.indices.filter { disguise.canChange(words[$0]) }
    // Whatever the strength, something is disguised where anything can be.
    let always = generator.pick(candidates)
    let share = [0.5, 0.85, 1][strength - 1]
    var result = ""
    for index in words.indices {
      let isChosen = disguise.canChange(words[index]) && generator.nextUnit() < share
      result +=
        isChosen || index == always
        ? disguise.change(words[index], strength: strength, &generator) : String(words[index])
    }
    return result
  }

  /// Every disguise at every strength.
  public func variants(of text: String) -> [(disguise: Disguise, strength: Int, text: String)] {
    Disguise.allCases.flatMap { disguise in
      Self.strengths.map { (disguise, $0, self(text, disguise, strength: $0)) }
    }
  }

  /// The text cut into words and what lies between them; joined they are the text.
  private static func words(of text: String) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    while start < text.endIndex {
      let isSpace = text[start].isWhitespace
      let end = text[start...].firstIndex { $0.isWhitespace != isSpace } ?? text.endIndex
      parts.append(text[start..<end])
      start = end
    }
    return parts
  }
}

extension Disguise {
  var place: Int { Disguise.allCases.firstIndex(of: self) ?? 0 }

  func canChange(_ word: Substring) -> Bool {
    if word.hasPrefix("@") || word.hasPrefix("http://") || word.hasPrefix("https://")
      || word.hasPrefix("www.")
    {
      return false
    }
    let letters = word.count(where: \.isLetter)
    guard letters >= 2 else { return false }
    return word.contains { isPlace($0) }
  }

  /// Whether something can happen at this character.
  private func isPlace(_ character: Character) -> Bool {
    switch self {
    case .leet: DisguisedLetters.leet[Self.lower(character)] != nil
    case .homoglyphs: DisguisedLetters.lookalikes[character] != nil
    case .emoji: Self.emojiLetters[Self.lower(character)] != nil
    case .case: character.isCased
    case .zeroWidth, .spacing, .repeats, .typos, .punctuation: character.isLetter
    }
  }

  func change(
    _ word: Substring, strength: Int, _ generator: inout SeededGenerator
  ) -> String {
    let characters = Array(word)
    var places = characters.indices.filter { isPlace(characters[$0]) }
    if self == .zeroWidth || self == .spacing || self == .punctuation {
      // Between two letters, so that the word is torn and not merely followed by something.
      places = places.filter { $0 + 1 < characters.count && characters[$0 + 1].isLetter }
    }
    // A typo is a slip: even many of them leave most letters.
    let share = (self == .typos ? [0, 0.2, 0.35] : [0, 0.35, 0.8])[strength - 1]
    let always = generator.pick(places)
    let chosen = Set(places.filter { $0 == always || generator.nextUnit() < share })
    var result = ""
    var index = 0
    while index < characters.count {
      let character = characters[index]
      if chosen.contains(index) {
        let next = index + 1 < characters.count ? characters[index + 1] : nil
        let (text, consumed) = replacement(character, next: next, strength, &generator)
        result += text
        index += consumed
      } else {
        result.append(character)
        index += 1
      }
    }
    return result
  }

  /// The replacement of a character, and the number of characters that it replaces.
  private func replacement(
    _ character: Character, next: Character?, _ strength: Int, _ generator: inout SeededGenerator
  ) -> (text: String, consumed: Int) {
    let plain = String(character)
    func pick(_ texts: [String]?) -> String { texts.flatMap { generator.pick($0) } ?? plain }
    switch self {
    case .leet: return (pick(DisguisedLetters.leet[Self.lower(character)]), 1)
    case .homoglyphs: return (pick(DisguisedLetters.lookalikes[character]), 1)
    case .emoji: return (pick(Self.emojiLetters[Self.lower(character)]), 1)
    case .zeroWidth: return (plain + pick(Self.zeroWidthCharacters), 1)
    case .spacing: return (plain + " ", 1)
    case .punctuation: return (plain + pick(DisguisedLetters.signs), 1)
    case .repeats:
      return (String(repeating: plain, count: 2 + generator.next(below: strength + 1)), 1)
    case .case: return (character.isUppercase ? plain.lowercased() : plain.uppercased(), 1)
    case .typos:
      switch generator.next(below: 4) {
      case 0:
        guard let next, next.isLetter, next != character else { return (plain + plain, 1) }
        return (String(next) + plain, 2)
      case 1: return ("", 1)
      case 2: return (plain + plain, 1)
      default:
        let neighbour = pick(DisguisedLetters.keyboardNeighbours[Self.lower(character)])
        return (character.isUppercase ? neighbour.uppercased() : neighbour, 1)
      }
    }
  }

  private static func lower(_ character: Character) -> Character {
    character.lowercased().first ?? character
  }
}
