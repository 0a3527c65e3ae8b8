internal import Safetensors
public import Tensor
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A sentence-transformers model, or a bare encoder: texts to vectors.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public struct SentenceEncoder: Sendable {
  public let tokenizer: Tokenizer
  public let encoder: Encoder
  /// Numbers in an embedding.
  public let dimension: Int
  /// The longest text in tokens, special ones included: `max_seq_length`, else what the tokenizer
  /// says, and never more than the model has positions for. nil: no limit.
  public let maximumTokens: Int?
  /// The prompts that the model was trained with, by name.
  public let prompts: [String: String]
  /// The name of the prompt that is used when none is asked for.
  public let defaultPrompt: String?
  private let modules: [SentenceTransformerConfiguration.Module]
  private let lowercases: Bool

  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public init(contentsOf folder: URL, processor: Processor = Processor()) throws(TransformerError) {
    let configuration = try SentenceTransformerConfiguration(folder)
    encoder = try Encoder(contentsOf: configuration.encoder, processor: processor)
    do { tokenizer = try Tokenizer(contentsOf: configuration.encoder) } catch {
      throw .tokenizer(error)
    }
    modules = configuration.modules
    lowercases = configuration.lowercases
    prompts = configuration.prompts
    defaultPrompt = configuration.defaultPrompt
    maximumTokens = ModelDescription.maximumTokens(
      configuration.maximumTokens, tokenizer, encoder.configuration)
    var width = encoder.configuration.hiddenSize
    for module in modules {
      switch module {
      case .pooling(let pooling): width *= pooling.modes.count
      case .dense(let dense):
        guard dense.inputs == width else {
          throw .inconsistent(
            file: folder.path, reason: "a Dense module takes \(dense.inputs) numbers of \(width)")
        }
        width = dense.outputs
      case .normalize: break
      }
    }
    dimension = width
  }

  /// The text as the tokenizer is given it: without white space at its ends, and in lower case if
  /// the model says so.
  public func prepare(_ text: String) -> String { Self.prepare(text, lowercases: lowercases) }

  static func prepare(_ text: String, lowercases: Bool) -> String {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return lowercases ? text.lowercased() : String(text)
  }

  /// The text of a prompt by its name.
  public func prompt(named name: String) throws(TransformerError) -> String {
    guard let prompt = prompts[name] else {
      throw .unknownPrompt(name: name, known: prompts.keys.sorted())
    }
    return prompt
  }

  /// Embeds texts, each on its own rows: a text's vector does not depend on its neighbours.
  ///
  /// - Parameter prompt: text put in front of each; nil is the model's default prompt, if any.
  public func embed(_ texts: [String], prompt: String? = nil) throws(TransformerError)
    -> [SentenceEmbedding]
  {
    let prompt = prompt ?? defaultPrompt.flatMap { prompts[$0] } ?? ""
    let encodings = texts.map { text in
      tokenizer.encode(prepare(prompt + text), maximumLength: maximumTokens)
    }
    // What sentence-transformers counts as the prompt: its tokens with the first special one.
    let promptTokens = prompt.isEmpty ? 0 : max(0, tokenizer.encode(prepare(prompt)).count - 1)
    let vectors = try embed(encodings.map(\.ids), skipping: promptTokens)
    return zip(encodings, vectors).map { encoding, vector in
      SentenceEmbedding(
        vector: vector, tokenCount: encoding.untruncatedCount, isTruncated: encoding.isTruncated)
    }
  }

  /// Embeds token ids, special ones included.
  ///
  /// - Parameter prompt: tokens at the front that pooling leaves out, where the model's pooling
  ///   does not include prompts.
  public func embed(_ tokens: [[Int32]], skipping prompt: Int = 0) throws(TransformerError)
    -> [[Float]]
  {
    var vectors = [[Float]](repeating: [], count: tokens.count)
    try encoder.forEachMessage(of: tokens.map { TokenSequence($0) }) { index, hidden in
      vectors[index] = vector(of: hidden, skipping: prompt)
    }
    return vectors
  }

  private func vector(of hidden: Matrix, skipping prompt: Int) -> [Float] {
    var vector: [Float] = []
    for module in modules {
      switch module {
      case .pooling(let pooling): vector = pooling(hidden, skipping: prompt)
      case .dense(let dense): vector = dense(vector, encoder.processor.kernels)
      case .normalize:
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let divisor = max(length, 1e-12)
        for index in vector.indices { vector[index] /= divisor }
      }
    }
    return vector
  }
}

/// What a sentence encoder makes of a text.
public struct SentenceEmbedding: Sendable, Equatable {
  public let vector: [Float]
  /// Tokens of the whole text with its special tokens, before truncation.
  public let tokenCount: Int
  public let isTruncated: Bool
}
