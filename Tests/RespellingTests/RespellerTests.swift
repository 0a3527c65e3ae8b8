import Foundation
import Testing

@testable import Respelling

@Suite struct RespellerTests {
  let respeller: Respeller

  /// A list of a few English and French words.
  init() throws {
    let words = """
      a\t400
      an\t600
      are\t500
      asshole\t900
      atteste\t1200
      class\t850
      connard\t850
      de\t400
      demon\t1000
      don't\t650
      espèce\t900
      fuck\t700
      handicapé\t900
      i\t350
      idiot\t800
      is\t450
      let\t700
      like\t600
      mon\t600
      of\t420
      off\t700
      school\t800
      shit\t700
      so\t550
      stupid\t800
      the\t300
      they\t550
      whore\t900
      you\t350

      """
    respeller = try Respeller(parsing: Array(words.utf8), file: "words")
  }

  @Test(arguments: ["", "1\t9\n", "--\t10\n"])
  func `A list without a word of letters spells nothing out`(list: String) throws {
    let respeller = try Respeller(parsing: Array(list.utf8), file: "words.tsv")
    for text in ["a$$h0le", "i.d.i.o.t", "****", "fine"] { #expect(respeller(text) == nil) }
  }

  @Test(arguments: [
    ("you 4re an 1d10t", "you are an idiot"),
    ("a$$hole", "asshole"), ("sh!t", "shit"), ("f*ck", "fuck"), ("wh#re", "whore"),
    ("i d i o t", "idiot"), ("you are so st upid", "you are so stupid"),
    ("st.u-p_i*d", "stupid"), ("s.t.u.p.1.d!", "stupid!"),
    ("sooo stuuupidd", "so stupid"), ("stuipd", "stupid"), ("stpid", "stupid"),
    ("stuppidd", "stupid"), ("stupud", "stupid"), ("Sstupiid idiit", "stupid idiot"),
    ("esp3ce de c.onn@rd", "espèce de connard"), ("idiоt ідiot", "idiоt ідiot"),
    ("i\u{0301}d1ot", "idiot"), ("id\u{200B}1ot", "idiot"), ("youidiot", "you idiot"),
    ("stupididiot", "stupid idiot"),
    ("so\n\n1d1ot\t.", "so\n\nidiot\t."),
  ])
  func `Disguised and mistyped words are spelt out`(text: String, expected: String) {
    #expect((respeller(text) ?? text) == expected)
  }

  @Test(arguments: [
    "", " ", "\n", "you are an idiot", "You don't like the school.", "don’t", "off", "of the class",
    "de mon", "@1d10t", "https://1d10t.example/stuipd", "www.stuipd.org", "the IDOT is off",
    "like Idtot",
    "10:30", "1984", "(the class)", "idiot!", "#school", "l'idiot", "schools", "😀 🅰️ ✝️", "щука",
    "handicapés",
  ])
  func `Plain words, names, links and numbers stay as they are`(text: String) {
    #expect(respeller(text) == nil)
  }

  @Test func `What is not a word of the list stays as it is written between those that are`() {
    #expect(respeller("Zürich, 1d10t: 😀 42 Karpov!") == "Zürich, idiot: 😀 42 Karpov!")
  }

  @Test(arguments: ["*", "1", "#", "#*", "a*", "ab.", "qz", "s", "stupid1", "l|!", "e\u{0301}"])
  func `A text that may stand for everything takes bounded work`(piece: String) throws {
    let weights = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Weights/default/words.tsv")
    let respeller = try Respeller(parsing: [UInt8](Data(contentsOf: weights)), file: weights.path)
    let text = String(repeating: piece, count: Respeller.mostSigns / piece.unicodeScalars.count)
    let spelled = SpelledText(text)
    var lattice = Lattice(text: spelled, trie: respeller.trie, costs: respeller.costs)
    _ = lattice.reading()
    let bound = WordWalk.states + WordWalk.mostStates + WordWalk.fewestStates * spelled.count
    #expect((1...bound).contains(lattice.visitedStates))
  }

  @Test func `A text beyond the most signs stays as it is`() {
    let words = String(repeating: "a ", count: Respeller.mostSigns / 2 - 3)
    #expect(respeller(words + "id1ot") != nil)
    #expect(respeller(words + "you id1ot") == nil)
  }

  @Test(arguments: [
    ("word", 1), ("word\t", 1), ("\t100", 1), ("word\t0", 1), ("word\t10001", 1), ("word\t-5", 1),
    ("a\t1\n\nb\t2", 2), ("a\t1\nb\t2\nword 3", 3), ("a\t99999999999999999999", 1),
  ])
  func `A line that is no word and cost is an error with its number`(text: String, line: Int) {
    #expect(throws: RespellingError(file: "words", line: line)) {
      try Respeller(parsing: Array(text.utf8), file: "words")
    }
  }

  @Test func `A list in any order reads the same`() throws {
    let sorted = "idiot\t800\nstupid\t800\nêtre\t500\netre\t900\n"
    let lines = sorted.split(separator: "\n").reversed().joined(separator: "\n")
    let one = try Respeller(parsing: Array(sorted.utf8), file: "words")
    let other = try Respeller(parsing: Array(lines.utf8), file: "words")
    #expect(one("1d1ot stuipd") == "idiot stupid")
    #expect(other("1d1ot stuipd") == "idiot stupid")
    // Of two words with the same letters the first of the list is meant.
    #expect(one("3tre") == "être")
    #expect(other("3tre") == "etre")
  }

  @Test func `An empty list changes nothing`() throws {
    #expect(try Respeller(parsing: [], file: "words")("1d10t stuipd") == nil)
  }
}
