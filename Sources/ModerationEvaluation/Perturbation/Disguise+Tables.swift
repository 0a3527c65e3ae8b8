extension Disguise {
  /// Emoji that stand for a letter, keyed by lower-case letter.
  static let emojiLetters: [Character: [String]] = [
    "a": ["🅰️"], "b": ["🅱️"], "c": ["©️"], "e": ["📧"], "h": ["♓️"], "i": ["ℹ️"], "l": ["🕒"],
    "m": ["Ⓜ️"], "n": ["♑️"], "o": ["⭕️", "🅾️"], "p": ["🅿️"], "r": ["®️"], "s": ["💲"],
    "t": ["✝️"], "u": ["⛎"], "v": ["♈️"], "w": ["〰️"], "x": ["❌"], "y": ["💹"], "z": ["💤"],
  ]

  static let zeroWidthCharacters = ["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{00AD}"]
}
