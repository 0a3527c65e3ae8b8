/// One way in which people hide a word from a filter and not from each other.
public enum Disguise: String, Sendable, Hashable, CaseIterable, Codable {
  /// Digits and signs for letters: `h8t3`.
  case leet
  /// Letters of other scripts that look alike: Cyrillic `а` for `a`.
  case homoglyphs
  /// Characters without width between letters.
  case zeroWidth = "zero-width"
  /// Spaces between letters: `h a t e`.
  case spacing
  /// Letters several times over: `haaate`.
  case repeats
  /// Letters in the other case: `hAtE`.
  case `case`
  /// Letters swapped, left out, doubled or replaced by a neighbour on the keyboard.
  case typos
  /// Emoji for letters: 🅰 for `a`.
  case emoji
  /// Signs inside words: `h.a-t*e`.
  case punctuation
}
