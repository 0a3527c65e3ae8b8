/// Finds the words of the list that the text from a place on could stand for.
struct WordWalk {
  private let text: SpelledText
  private let trie: WordTrie
  private let costs: ChannelCosts
  private var waiting: [State] = []
  /// Whether the letters at the start are a word as they are: they may be part of a torn word, and are
  /// not repeated or mistyped.
  private var isKnown = false

  /// States that may still be visited in this text before each place gets the fewest.
  private(set) var left = Self.states

  /// Signs of the text that one word may span, and states that are visited from one place, at most and
  /// when the text has used up its share: bounds of the work that a text can ask for.
  private static let longest = 48
  static let states = 1_000_000
  static let mostStates = 40_000
  static let fewestStates = 200
  /// Letters of a word in which one typo is looked for, and two. Almost everything is one typo away from
  /// a shorter word.
  private static let fewestToErr = 3
  private static let fewestToErrTwice = 5

  private struct State {
    var place: Int32
    var node: Int32
    var cost: Int32
    var typos: UInt8 = 0
    var masks: UInt8 = 0
    /// The letter before, which may be repeated.
    var last: UInt8 = .max
    /// Whether what is written differs from the word.
    var isChanged = false
    /// Whether signs or spaces were passed over.
    var isTorn = false
  }

  init(text: SpelledText, trie: WordTrie, costs: ChannelCosts) {
    self.text = text
    self.trie = trie
    self.costs = costs
  }

  /// Calls `body` with the end, the cost and the word of every reading; the word is −1 where the text
  /// has it as it is in the list.
  ///
  /// - Parameters:
  ///   - isStart: Whether a word begins here without being cut.
  ///   - limit: The cost of the run of letters as an unknown word, which typos may not exceed.
  mutating func visit(
    from start: Int, isStart: Bool, limit: Int32, _ body: (Int, Int32, Int32) -> Void
  ) {
    let letters = letters(from: start)
    isKnown = isAcronym(start..<start + letters) || isWord(from: start)
    let mayErr =
      isStart && letters >= Self.fewestToErr && !isKnown && !isName(start..<start + letters)
    let typos: UInt8 = mayErr ? (letters >= Self.fewestToErrTwice ? 2 : 1) : 0
    waiting.removeAll(keepingCapacity: true)
    waiting.append(
      State(
        place: Int32(start), node: 0, cost: isStart ? 0 : costs.joint, isChanged: !isStart))
    let most = min(Self.mostStates, max(Self.fewestStates, left))
    var visited = 0
    defer { left -= visited }
    while let state = waiting.popLast(), visited < most {
      visited += 1
      let place = Int(state.place)
      let node = trie.nodes[Int(state.node)]
      if node.word >= 0, place > start {
        let isEnd = text.isEnd(place)
        // A word with a typo is a whole run of letters.
        if isEnd || state.typos == 0 {
          let isChanged = state.isChanged || !isEnd
          body(
            place,
            state.cost + trie.cost(ofWord: node.word) + (isEnd ? 0 : costs.joint),
            isChanged ? node.word : -1)
        }
      }
      // A tear is worth at most a word that nobody knows.
      let highest = limit + (state.isTorn ? costs.unknown : 0)
      guard place - start < Self.longest, state.cost + node.leastCost < highest else { continue }
      if place < text.count { advance(state, text.signs[place], start) }
      if state.typos < typos, !state.isTorn { err(state, start) }
    }
  }

  /// The next sign as the next letter, or passed over.
  private mutating func advance(_ state: State, _ sign: SpelledText.Sign, _ start: Int) {
    let isInside = Int(state.place) > start
    func next(_ node: Int32, _ letter: UInt8, _ cost: Int32) -> State {
      var next = state
      next.place += 1
      next.node = node
      next.last = letter
      next.cost += cost
      return next
    }
    if sign.kind == .letter, let child = trie.child(of: state.node, sign.letter) {
      waiting.append(next(child, sign.letter, 0))
    }
    if sign.stands != .none {
      let cost = costs.stand + (sign.opens && !isInside ? costs.openingStand : 0)
      trie.forEachChild(of: state.node, in: sign.stands) { letter, child in
        var stood = next(child, letter, cost)
        stood.isChanged = true
        waiting.append(stood)
      }
    }
    guard isInside else { return }
    if sign.masks, state.masks < 3 {
      trie.forEachChild(of: state.node, in: .all) { letter, child in
        let isVowel = Self.vowels.contains(letter)
        var masked = next(child, letter, costs.mask + (isVowel ? 0 : costs.maskedConsonant))
        masked.masks += 1
        masked.isChanged = true
        waiting.append(masked)
      }
    }
    if sign.kind == .letter, sign.letter == state.last, !isKnown {
      var repeated = next(state.node, state.last, costs.repetition)
      repeated.isChanged = true
      waiting.append(repeated)
    }
    // What parts letters stands between them.
    if sign.isApostrophe {
      waiting.append(next(state.node, .max, 0))
      return
    }
    let after = Int(state.place) + 1
    if after < text.count, text.signs[after].kind != .space, state.typos == 0,
      sign.parts || sign.kind == .space
    {
      var torn = next(state.node, state.last, sign.parts ? costs.sign : costs.space)
      torn.isChanged = true
      torn.isTorn = true
      waiting.append(torn)
    }
  }

  /// A slip of the finger at the next letter.
  private mutating func err(_ state: State, _ start: Int) {
    let place = Int(state.place)
    func next(_ node: Int32, _ letter: UInt8, signs: Int32, _ cost: Int32) -> State {
      var next = state
      next.place += signs
      next.node = node
      next.last = letter
      next.cost += costs.typo + cost
      next.typos += 1
      next.isChanged = true
      return next
    }
    if place > start {
      trie.forEachChild(of: state.node, in: .all) { letter, child in
        waiting.append(next(child, letter, signs: 0, 0))
      }
    }
    guard place < text.count, text.signs[place].kind == .letter else { return }
    let written = text.signs[place].letter
    trie.forEachChild(of: state.node, in: .all) { letter, child in
      guard letter != written else { return }
      let isNear = LetterSet.neighbours[Int(written)].contains(letter)
      waiting.append(next(child, letter, signs: 1, isNear ? 0 : costs.wrongLetter))
    }
    // A letter too many; one like the letter before is a repetition.
    if place > start, written != state.last {
      waiting.append(next(state.node, state.last, signs: 1, costs.extraLetter))
    }
    if place + 1 < text.count, text.signs[place + 1].kind == .letter {
      let other = text.signs[place + 1].letter
      if other != written, let first = trie.child(of: state.node, other),
        let second = trie.child(of: first, written)
      {
        waiting.append(next(second, written, signs: 2, costs.swapped))
      }
    }
  }

  /// Letters in a row, as far as a word may reach.
  private func letters(from start: Int) -> Int {
    var end = start
    while end < min(start + Self.longest, text.count), text.signs[end].kind == .letter { end += 1 }
    return end - start
  }

  /// Whether letters are capitals in a text that is not.
  private func isAcronym(_ range: Range<Int>) -> Bool {
    !text.isShouted && range.count > 1 && range.allSatisfy { text.signs[$0].isCapital }
  }

  /// Whether a word begins with a capital within a sentence.
  private func isName(_ range: Range<Int>) -> Bool {
    guard !text.isShouted, text.signs[range.lowerBound].isCapital, range.lowerBound >= 2,
      range.dropFirst().allSatisfy({ !text.signs[$0].isCapital })
    else { return false }
    return text.signs[range.lowerBound - 1].kind == .space
      && text.signs[range.lowerBound - 2].kind == .letter
  }

  /// Whether the run of letters is in the list as it is written, or but for an `s`, `e` or `es` at its
  /// end.
  private func isWord(from start: Int) -> Bool {
    var run: [UInt8] = []
    var place = start
    while place < min(start + Self.longest, text.count),
      text.signs[place].kind == .letter || text.signs[place].isApostrophe
    {
      if !text.signs[place].isApostrophe { run.append(text.signs[place].letter) }
      place += 1
    }
    guard !run.isEmpty, text.isEnd(place) else { return false }
    if isListed(run[...]) { return true }
    guard run.count >= 5, let last = run.last, last == Self.s || last == Self.e else {
      return false
    }
    let stem = run.dropLast()
    return isListed(stem) || (last == Self.s && stem.last == Self.e && isListed(stem.dropLast()))
  }

  private func isListed(_ letters: ArraySlice<UInt8>) -> Bool {
    var node: Int32 = 0
    for letter in letters {
      guard let child = trie.child(of: node, letter) else { return false }
      node = child
    }
    return trie.nodes[Int(node)].word >= 0
  }

  private static let (e, s): (UInt8, UInt8) = (4, 18)
  private static let vowels: LetterSet = {
    var set = LetterSet.none
    for letter in "aeiouy".utf8 { set.insert(letter - 0x61) }
    return set
  }()
}
