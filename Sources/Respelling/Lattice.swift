/// The readings of a text, and the cheapest of them.
///
/// Places lie between signs. For each place the lattice keeps the cheapest reading of what is in front
/// of it; every word that could begin there leads on to a later place.
struct Lattice {
  private let text: SpelledText
  private let trie: WordTrie
  private let costs: ChannelCosts
  private var best: [Step]
  /// For each place, what follows it of a run of letters and of what may stand for them. Found once from the
  /// back: a long run is not walked again from each of its places.
  private let runs: [Run]

  private struct Run {
    var end: Int32
    /// Letters, repetitions aside.
    var letters: Int32 = 0
  }

  /// States that the walks have visited: the work that the text took.
  private(set) var visitedStates = 0

  /// The last piece of a reading: from `start` on, the text as it is written, or a word of the list.
  private struct Step {
    var cost = Int32.max
    var start: Int32 = 0
    var word: Int32 = -1
  }

  init(text: SpelledText, trie: WordTrie, costs: ChannelCosts) {
    self.text = text
    self.trie = trie
    self.costs = costs
    best = [Step](repeating: Step(), count: text.count + 1)
    best[0].cost = 0
    runs = Self.runs(of: text)
  }

  private static func runs(of text: SpelledText) -> [Run] {
    var runs = (0...text.count).map { Run(end: Int32($0)) }
    for place in (0..<text.count).reversed() {
      let sign = text.signs[place]
      guard sign.kind == .letter || sign.kind == .stand else { continue }
      runs[place] = runs[place + 1]
      let isRepeated = place + 1 < text.count && text.signs[place + 1].letter == sign.letter
      if sign.kind == .letter, !isRepeated { runs[place].letters += 1 }
    }
    return runs
  }

  /// The text with the words of the cheapest reading; nil if all of them are as they are written.
  mutating func reading() -> String? {
    var walk = WordWalk(text: text, trie: trie, costs: costs)
    for place in 0..<text.count where best[place].cost < .max {
      copy(from: place)
      guard text.signs[place].kind != .space else { continue }
      let isStart = place == 0 || text.signs[place - 1].kind != .letter
      walk.visit(
        from: place, isStart: isStart,
        limit: costs.unknown + costs.unknownLetter * runs[place].letters
      ) { end, cost, word in
        relax(end, Step(cost: best[place].cost + cost, start: Int32(place), word: word))
      }
    }
    visitedStates = WordWalk.states - walk.left
    return text(of: steps())
  }

  /// The reading of what lies at the place as it is written.
  private mutating func copy(from place: Int) {
    let sign = text.signs[place]
    func written(_ cost: Int32) -> Step {
      Step(cost: best[place].cost + cost, start: Int32(place))
    }
    if sign.kind == .space { return relax(place + 1, written(0)) }
    if place == 0 || text.signs[place - 1].kind != .letter, let end = endOfLink(place) {
      return relax(end, written(0))
    }
    if sign.kind != .letter, !sign.isDigit { relax(place + 1, written(costs.loneSign)) }
    let (end, letters) = (Int(runs[place].end), runs[place].letters)
    guard end > place else { return }
    let isElided =
      end - place <= 2
      && (end < text.count && text.signs[end].isApostrophe
        || place > 0 && text.signs[place - 1].isApostrophe)
    relax(
      end,
      written(
        letters == 0
          ? costs.number
          : isElided ? costs.elided : costs.unknown + costs.unknownLetter * Int32(end - place)))
  }

  /// Where a mention or link that begins at the place ends; nil where there is none.
  private func endOfLink(_ place: Int) -> Int? {
    let front = text.text(place..<min(place + 4, text.count))
    guard front.hasPrefix("@") || front == "http" || front == "www." else { return nil }
    var end = place
    while end < text.count, text.signs[end].kind != .space { end += 1 }
    return end
  }

  private mutating func relax(_ end: Int, _ step: Step) {
    if step.cost < best[end].cost { best[end] = step }
  }

  private func steps() -> [(range: Range<Int>, word: Int32)] {
    var steps: [(range: Range<Int>, word: Int32)] = []
    var end = text.count
    while end > 0 {
      let start = Int(best[end].start)
      steps.append((start..<end, best[end].word))
      end = start
    }
    return steps.reversed()
  }

  private func text(of steps: [(range: Range<Int>, word: Int32)]) -> String? {
    guard steps.contains(where: { $0.word >= 0 }) else { return nil }
    var result = ""
    var endsInWord = false
    for (range, word) in steps {
      let piece = word < 0 ? text.text(range) : trie.text(ofWord: word)
      let isWord = text.signs[range.lowerBound].kind == .letter || word >= 0
      // Words that were written as one are parted.
      if isWord, endsInWord { result += " " }
      result += piece
      endsInWord = isWord
    }
    return result
  }
}
