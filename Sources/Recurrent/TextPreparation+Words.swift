// The numbered rules of `Weights/weights/charword/preparation.py`.
extension TextPreparation {
  private typealias Scalars = [UInt32]

  private static let at = UInt32(UInt8(ascii: "@"))
  private static let apostrophe = UInt32(UInt8(ascii: "'"))
  private static let linkStarts = ["http://", "https://", "www."].map {
    $0.unicodeScalars.map(\.value)
  }
  private static let linkSpelling = "http ".unicodeScalars.map(\.value)
  private static let userSpelling = "@user ".unicodeScalars.map(\.value)
  private static let space: [UInt32] = [32]
  private static let masks: Set<UInt32> = Set("*#".unicodeScalars.map(\.value))
  private static let masksAndDash: Set<UInt32> = Set("*#-".unicodeScalars.map(\.value))

  /// Rules 2 to 6.
  func readChunks(of scalars: [UInt32], into writer: inout Writer) {
    writer.spell(Self.space)
    var letters: Scalars = []  // neighbouring chunks of one scalar each, rule 5
    for chunk in scalars.split(whereSeparator: { classes.has($0, .space) }) {
      let visible = chunk.filter { !classes.has($0, .ignored) }
      if isLink(visible) {
        flush(&letters, into: &writer)
        writer.spell(Self.linkSpelling)
        append(link, into: &writer)
        continue
      }
      if isMention(visible) {
        flush(&letters, into: &writer)
        writer.spell(Self.userSpelling)
        append(user, into: &writer)
        continue
      }
      writer.spell(chunk)
      writer.spell(Self.space)
      let short = trimmed(visible, keeping: .edge)
      if short.count == 1, !isSymbol(short[0]) {
        letters.append(short[0])
        continue
      }
      flush(&letters, into: &writer)
      var piece: Scalars = []
      for scalar in visible {
        guard isSymbol(scalar) else {
          piece.append(scalar)
          continue
        }
        if !piece.isEmpty { readRun(piece, into: &writer) }
        piece = []
        writer.append(listed([scalar]) ?? unknown([scalar]))
      }
      if !piece.isEmpty { readRun(piece, into: &writer) }
    }
    flush(&letters, into: &writer)
  }

  /// Rule 3.
  private func isLink(_ visible: Scalars) -> Bool {
    Self.linkStarts.contains { visible.starts(with: $0) }
  }

  /// Rule 3. A disguise such as `@ss` is no mention.
  private func isMention(_ visible: Scalars) -> Bool {
    guard visible.count > 1, visible[0] == Self.at else { return false }
    switch visible[1] {
    case 0x30...0x39, 0x61...0x7A, 0x5F: return index.position(of: folded(visible)) == nil
    default: return false
    }
  }

  private func isSymbol(_ scalar: UInt32) -> Bool {
    classes.has(scalar, .symbol) && fold(scalar) == scalar
  }

  private func append(_ id: Int32?, into writer: inout Writer) {
    writer.append(id.map { .listed($0) } ?? unknown([]))
  }

  /// Rule 5.
  private func flush(_ letters: inout Scalars, into writer: inout Writer) {
    if letters.count >= 3 {
      readSpelt(letters, into: &writer)
    } else {
      for letter in letters { readRun([letter], into: &writer) }
    }
    letters = []
  }

  private func readSpelt(_ letters: Scalars, into writer: inout Writer) {
    for (first, last) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let inner = Scalars(letters[first..<(letters.count - last)])
      guard inner.count > 1, let known = find(inner) else { continue }
      if first == 1 { readRun([letters[0]], into: &writer) }
      writer.append(.listed(known))
      if last == 1 { readRun([letters[letters.count - 1]], into: &writer) }
      return
    }
    readRun(letters, into: &writer)
  }

  // MARK: Runs

  /// Trimmed at both ends to letters and scalars of another class.
  private func trimmed(_ run: Scalars, keeping other: ScalarTables.Class = .letter) -> Scalars {
    func stays(_ scalar: UInt32) -> Bool {
      classes.has(scalar, .letter) || (other != .letter && classes.has(scalar, other))
    }
    guard let first = run.firstIndex(where: stays), let last = run.lastIndex(where: stays)
    else { return [] }
    return first == 0 && last == run.count - 1 ? run : Scalars(run[first...last])
  }

  /// The reading F of rule 7.
  private func folded(_ run: Scalars) -> Scalars {
    var letters = run.map { fold($0) }
    if isSpelling(letters) {
      for place in letters.indices { letters[place] = leet(letters[place]) }
    }
    letters.removeAll { !classes.has($0, .letter) }
    return letters
  }

  /// Whether some scalar is a letter and no digit: only then do digits stand for letters.
  private func isSpelling(_ folded: Scalars) -> Bool {
    folded.contains { classes.has($0, .letter) && !Self.isDigit($0) }
  }

  private static func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

  private func listed(_ word: Scalars) -> PreparedText.Word? {
    index.position(of: word).map { .listed($0 + 2) }
  }

  /// Rules 7 to 10.
  private func readRun(_ run: Scalars, splitting: Bool = true, into writer: inout Writer) {
    let core = trimmed(run)
    guard !core.isEmpty else {
      let soft = trimmed(run, keeping: .edge)
      if !soft.isEmpty, let word = listed(folded(soft)) { writer.append(word) }
      return
    }
    if core.allSatisfy({ Self.isDigit($0) || !classes.has($0, .letter) }) {
      return append(number, into: &writer)
    }
    if let known = find(run) { return writer.append(.listed(known)) }
    if splitting {
      let parts = core.split { !classes.has($0, .letter) && $0 != Self.apostrophe }
      if parts.count > 1, parts.contains(where: { $0.count >= 3 }) {
        for part in parts { readRun(Scalars(part), splitting: false, into: &writer) }
        return
      }
    }
    writer.append(unknown(folded(core).withRuns(limitedTo: 2)))
  }

  /// The id of the listed word that a run spells, rule 8.
  private func find(_ run: Scalars) -> Int32? { position(spelling: run).map { $0 + 2 } }

  private func position(spelling run: Scalars) -> Int32? {
    let soft = trimmed(run, keeping: .edge)
    if let place = index.position(of: soft) { return place }
    let core = trimmed(run)
    let masked = position(maskedAs: core, by: Self.masks)
    func first(_ place: Int32) -> Int32 { min(place, masked ?? place) }

    if let place = position(reading: soft) { return first(place) }
    if let place = index.position(of: folded(soft).withRuns(limitedTo: 2)) { return first(place) }
    if let place = index.position(of: core) { return place }
    if let place = position(reading: core) { return first(place) }
    let coreFolded = folded(core)
    let limited = coreFolded.withRuns(limitedTo: 2)
    if let place = index.position(of: limited) { return place }
    if limited.count != coreFolded.count,
      let place = index.position(squeezed: coreFolded.withRuns(limitedTo: 1))
    {
      return place
    }
    return masked ?? position(maskedAs: soft, by: Self.masksAndDash)
      ?? position(reading: trimmed(run, keeping: .wide))
  }

  /// The first word of the list that the reading F may be, with either letter where there are
  /// alternatives.
  private func position(reading run: Scalars) -> Int32? {
    let letters = run.map { fold($0) }
    guard letters.contains(where: { alternatives($0) != $0 }), isSpelling(letters) else {
      return index.position(of: folded(run))
    }
    var pattern: [WordIndex.Choice] = []
    for letter in letters {
      let first = leet(letter)
      guard classes.has(first, .letter) else { continue }
      let other = alternatives(letter)
      pattern.append(.init(first: first, second: other == letter ? first : other))
    }
    return index.position(matching: pattern)
  }

  /// The first word of the list that the run is with some of its letters masked.
  private func position(maskedAs run: Scalars, by masks: Set<UInt32>) -> Int32? {
    let hidden = run.count(where: masks.contains)
    guard hidden > 0, run.count - hidden >= 2 else { return nil }
    return index.position(matching: run.map { masks.contains($0) ? .any : .init($0) })
  }
}
