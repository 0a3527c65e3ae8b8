public import Platform
public import Tensor
public import Tokenizers

/// The vector of a text.
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
  public let description: ModelDescription
  public let encoder: Encoder
  private let modules: SentenceModules

  /// How a text becomes tokens.
  public var input: ModelTokenizer { description.input }
  public var tokenizer: Tokenizer { description.tokenizer }
  /// Elements of a vector.
  public var dimension: Int { modules.dimension }

  /// - Parameters:
  ///   - adapter: a LoRA adapter that is merged into the weights: the path of its folder, or the name of
  ///     one below the model's `adapters`
  ///   - dimensions: elements of a vector that are kept, of a model that was trained so (Matryoshka,
  ///     arXiv:2205.13147); what is kept is normalised anew where the model normalises. nil: as the
  ///     model's files say
  ///   - precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public convenience init(
    contentsOf folder: URL, adapter: String? = nil, dimensions: Int? = nil,
    precision: Precision? = nil, processor: Processor = Processor()
  ) throws(TransformerError) {
    try self.init(
      ModelDescription(contentsOf: folder, as: .sentenceEncoder), adapter: adapter,
      dimensions: dimensions, precision: precision, processor: processor)
  }

  /// Loads the weights of a folder that has been read as a sentence encoder.
  init(
    _ description: ModelDescription, adapter: String?, dimensions: Int?,
    precision: Precision?, processor: Processor
  ) throws(TransformerError) {
    guard let sentence = description.sentence else {
      throw .inconsistent(
        file: description.encoderFolder.path, reason: "has been read as a classifier")
    }
    let model = try ModelFolder(
      description.encoderFolder, adapter: adapter, precision: precision, processor: processor)
    encoder = try Encoder(model)
    try model.requireAllConsumed()
    modules = try SentenceModules(
      sentence, hiddenSize: encoder.shape.hiddenSize, dimensions: dimensions, processor.kernels)
    self.description = description
  }

  /// The vectors of texts, in their order.
  ///
  /// - Throws: ``TransformerError`` for a text whose tokens the encoder does not have.
  public func embed(_ inputs: [ModelInput]) throws(TransformerError) -> [SentenceEmbedding] {
    for text in inputs {
      let bytes = (text.prompt ?? input.defaultPrompt).utf8.count + text.text.utf8.count
      guard bytes <= Tokenizer.longestText else {
        throw .textTooLong(bytes: bytes, limit: Tokenizer.longestText)
      }
    }
    let encoded = inputs.map { input.encode($0) }
    let vectors = try embed(encoded.map(\.sequence))
    return zip(encoded, vectors).map { encoded, vector in
      SentenceEmbedding(
        vector: vector, tokenCount: encoded.encoding.ids.count,
        isTruncated: encoded.encoding.isTruncated)
    }
  }

  /// The vectors of texts, in their order.
  ///
  /// - Parameter prompt: the name of one of the model's prompts; nil takes the default one, if there
  ///   is one.
  /// - Throws: ``TransformerError/unknownPrompt(name:known:)``
  public func embed(
    _ texts: [String], prompt: String? = nil
  ) throws(TransformerError) -> [SentenceEmbedding] {
    let prompt = try input.prompt(named: prompt)
    return try embed(texts.map { ModelInput(prompt: prompt, text: $0) })
  }

  /// The vectors of messages that are tokens already.
  public func embed(_ messages: [TokenSequence]) throws(TransformerError) -> [[Float]] {
    var vectors = [[Float]](
      repeating: [Float](repeating: 0, count: dimension), count: messages.count)
    // Which token a pooling reads depends on the length of the prompt, which is mostly the same.
    for (prompt, indices) in Dictionary(
      // Of no known word nothing is read, and the vector stays 0.
      grouping: messages.indices.filter {
        !encoder.shape.readsWordsOnly || !messages[$0].ids.isEmpty
      }, by: { messages[$0].promptCount })
    {
      try encoder.forEachMessage(
        of: indices.map { messages[$0] }, only: modules.onlyToken(skipping: prompt)
      ) { index, hidden in
        vectors[indices[index]] = modules(hidden, skipping: prompt, encoder.processor.kernels)
      }
    }
    return vectors
  }
}
