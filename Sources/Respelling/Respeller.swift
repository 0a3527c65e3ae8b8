/// Spells out words that are written in disguise or by mistake: `st.up1d`, `i d i o t`, `stuipd`.
///
/// It reads a text as a noisy channel does (Kernighan, Church and Gale, "A spelling correction program
/// based on a noisy channel model", 1990): of all ways to read the text as words of a list and unknown
/// ones, it takes the one with the least sum of costs, the words' own and those of the changes that
/// would have led from them to what is written. Costs are negative logarithms of probabilities in
/// hundredths, as integers, so that the reading is the same on every machine.
public struct Respeller: Sendable {
  let trie: WordTrie
  var costs = ChannelCosts()

  /// Reads a list of words: on each line a word, a tabulator, and −100 ln of the word's frequency,
  /// rounded. A list in the order of the letters, marks left out, is read fastest.
  ///
  /// - Parameter file: What errors call the text.
  public init(parsing bytes: [UInt8], file: String) throws(RespellingError) {
    trie = WordTrie(try WordList(parsing: bytes, file: file))
  }

  /// A text with more signs is left as it is: messages are written in disguise, not books.
  public static let mostSigns = 10_000

  /// The text with such words spelt out in lower case; nil where there are none.
  public func callAsFunction(_ text: String) -> String? {
    let spelled = SpelledText(text, limit: Self.mostSigns)
    guard (1...Self.mostSigns).contains(spelled.count) else { return nil }
    var lattice = Lattice(text: spelled, trie: trie, costs: costs)
    return lattice.reading()
  }
}

/// The costs of what may happen to a word on its way into a text, in hundredths of a nat.
struct ChannelCosts: Sendable {
  /// A digit or sign for a letter.
  var stand: Int32 = 120
  /// More for one that also opens a hashtag or parenthesis, as a word's first sign.
  var openingStand: Int32 = 150
  /// A sign between two letters.
  var sign: Int32 = 80
  /// A space between two letters.
  var space: Int32 = 350
  /// A letter written once more.
  var repetition: Int32 = 60
  /// A star for a vowel, and what it costs more for another letter.
  var mask: Int32 = 200
  var maskedConsonant: Int32 = 150
  /// A letter left out, or one beside it on the keyboard in its place; another letter or one too many
  /// costs more, two letters changed round less.
  var typo: Int32 = 450
  var wrongLetter: Int32 = 200
  var extraLetter: Int32 = 100
  var swapped: Int32 = -50
  /// A word that is not in the list, and each of its letters.
  var unknown: Int32 = 1_250
  var unknownLetter: Int32 = 100
  /// One or two letters beside an apostrophe: `l'`, `qu'`, `'s`.
  var elided: Int32 = 300
  /// A number.
  var number: Int32 = 200
  /// A sign by itself.
  var loneSign: Int32 = 30
  /// A word that begins or ends within a run of letters.
  var joint: Int32 = 300
}
