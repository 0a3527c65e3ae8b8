/// What people write in place of a letter, to hide a word or by a slip.
package enum DisguisedLetters {
  /// Digits and signs that stand for a letter, by lower-case letter.
  package static let leet: [Character: [String]] = [
    "a": ["4", "@"], "b": ["8"], "c": ["("], "e": ["3"], "g": ["9"], "h": ["#"], "i": ["1", "!"],
    "l": ["1", "|"], "o": ["0"], "s": ["5", "$"], "t": ["7", "+"], "z": ["2"],
    "à": ["4"], "â": ["4"], "é": ["3"], "è": ["3"], "ê": ["3"], "î": ["1"], "ô": ["0"],
  ]

  /// Letters that look alike in most fonts (Unicode's confusables), keyed by the letter itself.
  package static let lookalikes: [Character: [String]] = [
    "a": ["\u{0430}", "\u{0251}"], "c": ["\u{0441}"], "d": ["\u{0501}"], "e": ["\u{0435}"],
    "g": ["\u{0261}"], "h": ["\u{04BB}"], "i": ["\u{0456}"], "j": ["\u{0458}"],
    "k": ["\u{03BA}"], "l": ["\u{04CF}", "\u{217C}"], "m": ["\u{217F}"], "n": ["\u{0578}"],
    "o": ["\u{043E}", "\u{03BF}"], "p": ["\u{0440}"], "q": ["\u{051B}"], "s": ["\u{0455}"],
    "u": ["\u{057D}"], "v": ["\u{03BD}"], "w": ["\u{051D}"], "x": ["\u{0445}"],
    "y": ["\u{0443}"], "A": ["\u{0410}", "\u{0391}"], "B": ["\u{0412}"], "C": ["\u{0421}"],
    "E": ["\u{0415}"], "H": ["\u{041D}"], "I": ["\u{0406}"], "J": ["\u{0408}"],
    "K": ["\u{041A}"], "M": ["\u{041C}"], "N": ["\u{039D}"], "O": ["\u{041E}"],
    "P": ["\u{0420}"], "S": ["\u{0405}"], "T": ["\u{0422}"], "X": ["\u{0425}"],
    "Y": ["\u{03A5}"], "Z": ["\u{0396}"],
  ]

  /// The letters beside a letter on a QWERTY keyboard.
  package static let keyboardNeighbours: [Character: [String]] = [
    "q": ["w", "a"], "w": ["q", "e", "s"], "e": ["w", "r", "d"], "r": ["e", "t", "f"],
    "t": ["r", "y", "g"], "y": ["t", "u", "h"], "u": ["y", "i", "j"], "i": ["u", "o", "k"],
    "o": ["i", "p", "l"], "p": ["o", "l"], "a": ["q", "s", "z"], "s": ["a", "d", "w", "x"],
    "d": ["s", "f", "e", "c"], "f": ["d", "g", "r", "v"], "g": ["f", "h", "t", "b"],
    "h": ["g", "j", "y", "n"], "j": ["h", "k", "u", "m"], "k": ["j", "l", "i"],
    "l": ["k", "o"], "z": ["x", "a"], "x": ["z", "c", "s"], "c": ["x", "v", "d"],
    "v": ["c", "b", "f"], "b": ["v", "n", "g"], "n": ["b", "m", "h"], "m": ["n", "j"],
  ]

  /// Signs that people put between the letters of a word.
  package static let signs = [".", "-", "*", "_", "'", "~", "|"]
}
