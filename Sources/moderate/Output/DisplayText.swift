/// Text as a terminal shows it: its width in columns, cut and padded.
enum DisplayText {
  /// Columns that a text takes: two for wide East Asian characters and emoji, none for marks.
  static func width(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  static func width(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      // An emoji presentation selector widens what it follows.
      if scalar == "\u{FE0F}" { return 2 }
      width = max(width, self.width(scalar))
    }
    return width
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The text in exactly `columns` columns: cut with an ellipsis, or padded with spaces.
  static func fitted(_ text: String, _ columns: Int, alignRight: Bool = false) -> String {
    let cut = truncated(text, columns)
    let padding = String(repeating: " ", count: max(0, columns - width(cut)))
    return alignRight ? padding + cut : cut + padding
  }

  /// The text in at most `columns` columns.
  static func truncated(_ text: String, _ columns: Int) -> String {
    guard width(text) > columns else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = width(character)
      guard used + next <= columns - 1 else { break }
      result.append(character)
      used += next
    }
    return columns > 0 ? result + "…" : ""
  }
}
