// The numbered rules of `Weights/train/preparation.py`.
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
      let short = trimmed(visible, keepingEdges: true)
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

  /// Trimmed at both ends to letters, and to edge scalars if these are kept.
  private func trimmed(_ run: Scalars, keepingEdges: Bool) -> Scalars {
    func stays(_ scalar: UInt32) -> Bool {
      classes.has(scalar, .letter) || (keepingEdges && classes.has(scalar, .edge))
    }
    guard let first = run.firstIndex(where: stays), let last = run.lastIndex(where: stays)
    else { return [] }
    return first == 0 && last == run.count - 1 ? run : Scalars(run[first...last])
  }

  /// The reading F of rule 7.
  private func folded(_ run: Scalars) -> Scalars {
    var letters = run.map { fold($0) }
    if letters.contains(where: { classes.has($0, .letter) && !Self.isDigit($0) }) {
      for place in letters.indices { letters[place] = leet(letters[place]) }
    }
    letters.removeAll { !classes.has($0, .letter) }
    return letters
  }

  private static func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

  private func listed(_ word: Scalars) -> PreparedText.Word? {
    index.position(of: word).map { .listed($0 + 2) }
  }

  /// Rules 7 to 10.
  private func readRun(_ run: Scalars, splitting: Bool = true, into writer: inout Writer) {
    let core = trimmed(run, keepingEdges: false)
    guard !core.isEmpty else {
      let soft = trimmed(run, keepingEdges: true)
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
  private func find(_ run: Scalars) -> Int32? {
    let soft = trimmed(run, keepingEdges: true)
    if let place = index.position(of: soft) { return place + 2 }
    let softFolded = folded(soft)
    if let place = index.position(of: softFolded) { return place + 2 }
    if let place = index.position(of: softFolded.withRuns(limitedTo: 2)) { return place + 2 }
    let core = trimmed(run, keepingEdges: false)
    if let place = index.position(of: core) { return place + 2 }
    let coreFolded = folded(core)
    if let place = index.position(of: coreFolded) { return place + 2 }
    let limited = coreFolded.withRuns(limitedTo: 2)
    if let place = index.position(of: limited) { return place + 2 }
    if limited.count != coreFolded.count,
      let place = index.position(squeezed: coreFolded.withRuns(limitedTo: 1))
    {
      return place + 2
    }
    func isHidden(_ scalar: UInt32) -> Bool {
      scalar == UInt32(UInt8(ascii: "*")) || scalar == UInt32(UInt8(ascii: "#"))
    }
    let hidden = soft.count(where: isHidden)
    guard hidden > 0, soft.count - hidden >= 2 else { return nil }
    return index.position(matching: soft, where: isHidden).map { $0 + 2 }
  }
}
