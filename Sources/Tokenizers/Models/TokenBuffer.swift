/// The tokens of a text as the model finds them.
struct TokenBuffer {
  /// A token and the bytes of the normalised text that it covers.
  struct Token {
    var id: Int32
    var start: Int
    var end: Int
  }

  var tokens: [Token] = []
  /// Scratch space that a model may use from word to word.
  var scratch = Scratch()

  struct Scratch {
    var path: [Unigram.Step] = []
    var symbols: [BytePairEncoding.Symbol] = []
    var queue = MergeQueue()
    var pieces: [TokenBuffer.Token] = []
  }

  @inline(__always)
  mutating func append(_ id: Int32, _ start: Int, _ end: Int) {
    tokens.append(Token(id: id, start: start, end: end))
  }
}
