internal import JSON
public import Platform
public import Tokenizers

/// A text as a model is given it.
public struct ModelInput: Sendable, Hashable {
  /// The text that stands in front; nil for the model's default prompt.
  public var prompt: String?
  public var text: String

  public init(prompt: String? = nil, text: String) {
    self.prompt = prompt
    self.text = text
  }
}

/// The tokens of a text as a model reads them.
public struct EncodedInput: Sendable {
  public let encoding: Encoding
  /// The tokens for the encoder.
  public let sequence: TokenSequence
}

/// Makes tokens of texts as a model's folder says: its tokenizer, its prompts, its longest input.
public struct ModelTokenizer: Sendable {
  public let tokenizer: Tokenizer
  /// The most tokens that the model takes, special ones included; nil where its files name no limit.
  public let maximumTokens: Int?
  /// The limit where nobody gives one: the positions that `config.json` names. Attention takes time
  /// by the square of the length, and one message must not take it without being asked.
  private let usualTokens: Int?
  /// The most tokens of one input, whatever a model's files and the caller say. The encoders here were
  /// trained with 40,960 at most.
  public static let mostTokens = 131_072
  /// The texts that may stand in front of a text, by name.
  public let prompts: [String: String]
  /// The name of the prompt that is used where none is given.
  public let defaultPromptName: String?
  /// Whether the pooling leaves out the tokens of a prompt.
  private let countsPrompts: Bool

  /// Reads a folder that may lack `config.json` and weights.
  ///
  /// - Throws: ``TransformerError`` that names the file or key.
  public init(contentsOf folder: URL) throws(TransformerError) {
    func exists(_ name: String) -> Bool {
      FileContent.exists(folder.appending(path: name))
    }
    let isBare = !exists("config.json") && !exists("modules.json")
    let isClassifier = try ModelDescription.kind(of: folder) == .sequenceClassifier
    let sentence =
      isBare || isClassifier ? nil : try SentenceTransformerConfiguration(folder)
    let encoder = sentence?.encoder ?? folder
    let file = try ConfigurationFile.ifPresent(encoder.appending(path: "config.json"))
    // An architecture that cannot run has tokens all the same.
    let shape = try? file?.family().shape
    try self.init(encoder, file, shape, sentence)
  }

  /// - Parameters:
  ///   - folder: the folder of the encoder
  ///   - sentence: nil for a sequence classifier
  init(
    _ folder: URL, _ file: ConfigurationFile?, _ shape: EncoderShape?,
    _ sentence: SentenceTransformerConfiguration?
  ) throws(TransformerError) {
    var tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(contentsOf: folder) } catch { throw .tokenizer(error) }
    if sentence?.lowercases == true { tokenizer.lowercase() }
    if shape?.readsWordsOnly == true { tokenizer.leaveOutSpecialTokens() }
    self.tokenizer = tokenizer
    // The second name is GPT-2's, which some encoders have taken over.
    let key = file?.has("n_positions") == true ? "n_positions" : "max_position_embeddings"
    let configured = try file?.optionalInteger(key)
    let usualTokens = configured.flatMap { $0 }.flatMap { $0 > 0 ? $0 : nil }
    self.usualTokens = usualTokens
    let given: Int?
    if let length = sentence?.maximumTokens {
      given = length
    } else if sentence != nil, let length = tokenizer.modelMaximumLength {
      given = min(length, usualTokens ?? length)
    } else {
      given = tokenizer.modelMaximumLength
    }
    // A length beyond the positions is one that the model cannot take, whoever wrote it.
    maximumTokens = [given, shape?.maximumTokens].compactMap(\.self).min()
    prompts = sentence?.prompts ?? [:]
    defaultPromptName = sentence?.defaultPrompt
    countsPrompts =
      sentence?.modules.contains {
        if case .pooling(let pooling) = $0 { !pooling.includesPrompt } else { false }
      } ?? false
  }

  /// The most tokens of one input: the least of what the model takes and of the limits that are
  /// given, else the positions that the configuration names; never more than ``mostTokens``.
  public func limit(_ limits: Int?...) -> Int {
    min(([maximumTokens] + limits).compactMap(\.self).min() ?? usualTokens ?? .max, Self.mostTokens)
  }

  /// The text of a prompt.
  ///
  /// - Parameter name: one of ``prompts``; nil takes the default one, if there is one.
  /// - Throws: ``TransformerError/unknownPrompt(name:known:)``
  public func prompt(named name: String? = nil) throws(TransformerError) -> String {
    guard let name = name ?? defaultPromptName else { return "" }
    guard let text = prompts[name] else {
      throw .unknownPrompt(name: name, known: prompts.keys.sorted())
    }
    return text
  }

  /// The text of the prompt that is used where none is given.
  public var defaultPrompt: String { defaultPromptName.flatMap { prompts[$0] } ?? "" }

  /// - Parameter limit: the most tokens, as ``limit(_:)`` gives it; nil for that without limits.
  public func encode(_ input: ModelInput, limit: Int? = nil) -> EncodedInput {
    let prompt = input.prompt ?? defaultPrompt
    let limit = limit ?? self.limit()
    let encoding = tokenizer.encode(prompt + input.text, maximumLength: limit)
    return EncodedInput(
      encoding: encoding,
      sequence: sequence(encoding, promptCount: promptCount(prompt, limit: limit)))
  }

  /// An encoding as the encoder is given it.
  public func sequence(_ encoding: Encoding, promptCount: Int = 0) -> TokenSequence {
    TokenSequence(
      encoding.ids, typeIDs: tokenizer.hasTypeIDs ? encoding.typeIDs : nil,
      promptCount: promptCount)
  }

  /// Tokens that a prompt puts in front of the text, the special one at the start included; 0 where
  /// no pooling asks.
  private func promptCount(_ prompt: String, limit: Int) -> Int {
    guard countsPrompts, !prompt.isEmpty else { return 0 }
    let encoding = tokenizer.encode(prompt, maximumLength: limit)
    return encoding.ids.count - (encoding.specialTokensMask.last == 1 ? 1 : 0)
  }
}
