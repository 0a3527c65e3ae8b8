internal import JSON
public import Tensor
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What a sentence encoder makes of a text.
public struct SentenceEmbedding: Sendable {
  public let vector: [Float]
  /// Tokens that went through the encoder, special ones included.
  public let tokenCount: Int
  /// Whether the text was longer than the encoder takes, and its end was cut off.
  public let isTruncated: Bool
}

/// An encoder that gives one vector for a text, as sentence-transformers does: tokenizer, encoder,
/// pooling and what follows it, all as the model's folder says.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public final class SentenceEncoder: Sendable {
  public let tokenizer: Tokenizer
  public let encoder: Encoder
  /// Elements of a vector.
  public let dimension: Int
  /// The longest message, special tokens included.
  public let maximumTokens: Int?
  /// Texts put in front of the message, by name.
  public let prompts: [String: String]
  /// The prompt that is used where none is named.
  public let defaultPromptName: String?
  /// Whether texts are put in lower case before they are tokenised.
  public var lowercases: Bool { configuration.lowercases }
  private let configuration: SentenceTransformerConfiguration

  /// - Parameter precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public init(
    contentsOf folder: URL, precision: Precision? = nil, processor: Processor = Processor()
  ) throws(TransformerError) {
    configuration = try SentenceTransformerConfiguration(folder, processor.kernels)
    let model = try ModelFolder(
      configuration.encoder, precision: precision, processor: processor)
    encoder = try Encoder(model)
    try model.requireAllConsumed()
    do { tokenizer = try Tokenizer(contentsOf: configuration.encoder) } catch {
      throw .tokenizer(error)
    }
    maximumTokens =
      configuration.maximumTokens
      ?? [encoder.shape.maximumTokens, tokenizer.modelMaximumLength].compactMap(\.self).min()
    prompts = configuration.prompts
    defaultPromptName = configuration.defaultPrompt
    var dimension = encoder.shape.hiddenSize
    for module in configuration.modules {
      switch module {
      case .pooling(let pooling): dimension *= pooling.modes.count
      case .dense(let dense):
        guard dense.inputs == dimension else {
          throw .inconsistent(
            file: folder.path,
            reason: "a Dense module takes \(dense.inputs) inputs, but gets \(dimension)")
        }
        dimension = dense.outputs
      case .normalize: break
      }
    }
    self.dimension = dimension
  }

  /// The vectors of texts, in their order.
  ///
  /// - Parameter prompt: the name of one of ``prompts``; nil takes the default one, if there is one.
  /// - Throws: ``TransformerError/unknownPrompt(name:known:)``
  public func embed(
    _ texts: [String], prompt: String? = nil
  ) throws(TransformerError) -> [SentenceEmbedding] {
    let front = try promptText(prompt)
    let skipped = front.isEmpty ? 0 : promptLength(front)
    let encodings = texts.map { encode(front + $0) }
    let vectors = try embed(
      encodings.map { TokenSequence($0.ids, typeIDs: $0.typeIDs) }, skipping: skipped)
    return zip(encodings, vectors).map { encoding, vector in
      SentenceEmbedding(
        vector: vector, tokenCount: encoding.ids.count, isTruncated: encoding.isTruncated)
    }
  }

  /// The tokens of a text as the encoder sees them, without a prompt.
  public func encode(_ text: String) -> Encoding {
    tokenizer.encode(
      configuration.lowercases ? text.lowercased() : text, maximumLength: maximumTokens)
  }

  /// The vectors of messages that are tokens already.
  ///
  /// - Parameter skipping: tokens of a prompt in front, for a pooling that leaves them out
  public func embed(
    _ messages: [TokenSequence], skipping prompt: Int = 0
  ) throws(TransformerError) -> [[Float]] {
    var vectors = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(
      of: messages, only: configuration.onlyToken(skipping: prompt)
    ) { index, hidden in
      vectors[index] = finish(hidden, skipping: prompt)
    }
    return vectors
  }

  private func finish(_ hidden: Matrix, skipping prompt: Int) -> [Float] {
    var vector: [Float] = []
    for module in configuration.modules {
      switch module {
      case .pooling(let pooling): vector = pooling(hidden, skipping: prompt)
      case .dense(let dense): vector = dense(vector, encoder.processor.kernels)
      case .normalize:
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let divisor = max(length, 1e-12)
        vector = vector.map { $0 / divisor }
      }
    }
    return vector
  }

  private func promptText(_ name: String?) throws(TransformerError) -> String {
    guard let name = name ?? defaultPromptName else { return "" }
    guard let text = prompts[name] else {
      throw .unknownPrompt(name: name, known: prompts.keys.sorted())
    }
    return text
  }

  /// Tokens that a prompt puts in front of the text: its own and the special one at the start.
  private func promptLength(_ prompt: String) -> Int {
    let encoding = encode(prompt)
    return encoding.ids.count - (encoding.specialTokensMask.last == 1 ? 1 : 0)
  }
}
