/// Turns text into token ids exactly as the Hugging Face `tokenizers` library does.
///
/// A tokenizer is an immutable value that may be used from many tasks at once. It interprets a
/// `tokenizer.json`, or the older files that stand in its place; see the initialisers.
public struct Tokenizer: Sendable {
  var normalizer: Normalizer?
  var preTokenizer: PreTokenizer?
  let model: SubwordModel
  var postProcessor: PostProcessor?
  var addedTokens: AddedTokens

  /// Bytes of a text that moderators and encoders take, what they put in front of it included: a long
  /// book has three million. Tokens take some hundred times the memory of the text they are of.
  public static let longestText = 4 << 20

  /// The longest input that the model's makers had in mind, in tokens; nil if they do not say.
  public internal(set) var modelMaximumLength: Int?
  /// Whether a text that is too long loses its beginning instead of its end.
  public internal(set) var truncatesLeft = false
  /// Whether the model is given the token types; where it is not, all count as 0.
  public internal(set) var hasTypeIDs = true
  /// The keys of `tokenizer_config.json` that no tokenizer class knows, and that count for nothing.
  public internal(set) var unknownKeys: [String] = []
  /// Whether tokens for what is not in the vocabulary are left out.
  var leavesOutUnknown = false
  /// The token that begins every input (`[CLS]`, `<s>`).
  public internal(set) var classificationID: Int32?
  /// The token that ends every text (`[SEP]`, `</s>`).
  public internal(set) var separatorID: Int32?
  /// The token that fills up batches.
  public internal(set) var paddingID: Int32?
  /// The token for what is not in the vocabulary.
  public internal(set) var unknownID: Int32?
  /// The token that stands for a hidden word.
  public internal(set) var maskID: Int32?

  init(
    normalizer: Normalizer?, preTokenizer: PreTokenizer?, model: SubwordModel,
    postProcessor: PostProcessor?, addedTokens: AddedTokens
  ) throws(TokenizerError) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    var added = addedTokens
    try added.prepare(normalizer)
    self.addedTokens = added
  }

  /// How many tokens there are, added ones included.
  public var vocabularyCount: Int {
    let vocabulary = model.vocabulary
    let extra = addedTokens.tokens.keys.count { vocabulary.entry(id: $0) == nil }
    return vocabulary.count + extra
  }

  /// How many tokens of the model's vocabulary have this id or a larger one; those that were added to
  /// the vocabulary do not count.
  public func tokenCount(from first: Int) -> Int {
    let vocabulary = model.vocabulary
    guard first < vocabulary.limit else { return 0 }
    return (Int32(first)..<vocabulary.limit).count {
      addedTokens.tokens[$0] == nil && vocabulary.entry(id: $0) != nil
    }
  }

  /// The token that has the id.
  public func token(for id: Int32) -> String? {
    addedTokens.tokens[id]?.content ?? model.vocabulary.token(id: id)
  }

  /// The id of a token, compared byte by byte.
  public func id(of token: String) -> Int32? {
    addedTokens.id(of: token) ?? model.vocabulary.id(of: token)
  }

  /// How many special tokens an input gets.
  public func addedTokenCount(isPair: Bool = false) -> Int {
    postProcessor?.addedCount(isPair: isPair) ?? 0
  }
}
