/// A part of a text, by offsets that other systems count in.
public struct TextSpan: Sendable, Hashable {
  public let text: String
  /// In Unicode scalars, as Python counts.
  public let scalars: Range<Int>
  /// In UTF-16 code units, as JavaScript, Java and Foundation count.
  public let utf16: Range<Int>
  /// In bytes.
  public let utf8: Range<Int>

  package init(text: String, scalars: Range<Int>, utf16: Range<Int>, utf8: Range<Int>) {
    self.text = text
    self.scalars = scalars
    self.utf16 = utf16
    self.utf8 = utf8
  }
}

/// Cuts a text into words and sentences with their offsets. A character with its combining marks,
/// or an emoji with all its parts, is never torn.
public struct TextSegments: Sendable {
  public let words: [TextSpan]
  public let sentences: [TextSpan]

  public init(_ text: String) {
    let pieces = Self.pieces(of: text)
    words = Self.words(pieces)
    sentences = Self.sentences(pieces)
  }

  /// One character with its offsets.
  struct Piece {
    let character: Character
    let scalars: Range<Int>
    let utf16: Range<Int>
    let utf8: Range<Int>
  }

  private static func pieces(of text: String) -> [Piece] {
    var (scalars, utf16, utf8) = (0, 0, 0)
    return text.map { character in
      let sizes = (character.unicodeScalars.count, character.utf16.count, character.utf8.count)
      defer { (scalars, utf16, utf8) = (scalars + sizes.0, utf16 + sizes.1, utf8 + sizes.2) }
      return Piece(
        character: character, scalars: scalars..<scalars + sizes.0, utf16: utf16..<utf16 + sizes.1,
        utf8: utf8..<utf8 + sizes.2)
    }
  }

  private static func span(_ pieces: some BidirectionalCollection<Piece>) -> TextSpan? {
    guard let first = pieces.first, let last = pieces.last else { return nil }
    return TextSpan(
      text: String(pieces.map(\.character)),
      scalars: first.scalars.lowerBound..<last.scalars.upperBound,
      utf16: first.utf16.lowerBound..<last.utf16.upperBound,
      utf8: first.utf8.lowerBound..<last.utf8.upperBound)
  }

  /// Words are what lies between white space, without signs at their ends; an emoji and a
  /// character of a script that writes no spaces is a word by itself.
  private static func words(_ pieces: [Piece]) -> [TextSpan] {
    var spans: [TextSpan] = []
    func add(_ run: ArraySlice<Piece>) {
      var run = run
      let whole = run
      while let first = run.first, isEdge(first.character) { run.removeFirst() }
      while let last = run.last, isEdge(last.character) { run.removeLast() }
      // A run of signs alone, ":-(" or "!!!", is a word too.
      if let span = span(run.isEmpty ? whole : run) { spans.append(span) }
    }
    var start = 0
    for (index, piece) in pieces.enumerated() {
      let standsAlone = isWordByItself(piece.character)
      guard piece.character.isWhitespace || standsAlone else { continue }
      if start < index { add(pieces[start..<index]) }
      if standsAlone { add(pieces[index...index]) }
      start = index + 1
    }
    if start < pieces.count { add(pieces[start...]) }
    return spans
  }

  /// Sentences end after . ! ? … and their like before white space, or at the end of a line.
  private static func sentences(_ pieces: [Piece]) -> [TextSpan] {
    var spans: [TextSpan] = []
    var start = 0
    func close(at end: Int) {
      var run = pieces[start..<end]
      while run.first?.character.isWhitespace == true { run.removeFirst() }
      while run.last?.character.isWhitespace == true { run.removeLast() }
      if let span = span(run) { spans.append(span) }
      start = end
    }
    let wide: Set<Character> = ["。", "！", "？"]
    let ends: Set<Character> = [".", "!", "?", "…"]
    for (index, piece) in pieces.enumerated() {
      let isBeforeSpace = index + 1 == pieces.count || pieces[index + 1].character.isWhitespace
      if piece.character.isNewline || wide.contains(piece.character)
        || (isBeforeSpace && ends.contains(piece.character))
      {
        close(at: index + 1)
      }
    }
    close(at: pieces.count)
    return spans
  }

  private static func isEdge(_ character: Character) -> Bool {
    // Signs that stand for letters in disguised words stay: "a$$", "@ss".
    character.isPunctuation && !"@*".contains(character)
  }

  private static func isWordByItself(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first else { return false }
    if scalar.properties.isEmojiPresentation { return true }
    if character.unicodeScalars.contains("\u{FE0F}") && !character.isNumber { return true }
    return scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
  }
}
