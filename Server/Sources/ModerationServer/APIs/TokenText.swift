import Tokenizers

/// The text of token ids.
///
/// Pieces are joined as their vocabulary writes spaces: `##` continues a word, `▁` and `Ġ` begin one. A
/// vocabulary of bytes gives back the text's own bytes.
enum TokenText {
  static func decode(_ ids: [Int32], _ tokenizer: Tokenizer, skipsSpecial: Bool = true) -> String {
    var pieces: [String] = []
    for id in ids {
      guard let token = tokenizer.token(for: id) else { continue }
      if skipsSpecial, isSpecial(id, tokenizer) { continue }
      pieces.append(token)
    }
    if pieces.contains(where: { $0.contains("▁") }) {
      let text = pieces.joined().replacing("▁", with: " ")
      return text.first == " " ? String(text.dropFirst()) : text
    }
    if pieces.contains(where: { $0.contains("Ġ") }) {
      return String(decoding: pieces.joined().unicodeScalars.compactMap(byte), as: UTF8.self)
    }
    var text = ""
    for piece in pieces {
      if piece.hasPrefix("##") {
        text += piece.dropFirst(2)
      } else {
        text += text.isEmpty ? piece : " " + piece
      }
    }
    return text
  }

  private static func isSpecial(_ id: Int32, _ tokenizer: Tokenizer) -> Bool {
    [
      tokenizer.classificationID, tokenizer.separatorID, tokenizer.paddingID, tokenizer.maskID,
    ].contains(id)
  }

  /// The byte that a character of GPT-2's byte vocabulary stands for.
  private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    let value = scalar.value
    switch value {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt8(value)
    case 0x100...0x120: return UInt8(value - 0x100)
    case 0x121...0x142: return UInt8(value - 0x121 + 0x7F)
    case 0x143: return 0xAD
    default: return nil
    }
  }
}
