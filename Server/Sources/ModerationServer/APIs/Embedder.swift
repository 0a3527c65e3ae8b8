import JSON
import Moderation
import Platform
import Tokenizers
import Transformer

/// Turns the inputs of embedding requests into vectors.
struct Embedder {
  /// A text, or the ids of its tokens without special ones.
  enum Input: Equatable, Sendable {
    case text(String)
    case ids([Int])
  }

  struct Tokens {
    var sequence: TokenSequence
    /// Tokens before truncation.
    var count: Int
    var isTruncated: Bool
  }

  let model: LoadedModel
  let encoder: SentenceEncoder
  let call: Call

  /// - Throws: ``RequestProblem/Kind/unsupported`` for a model without embeddings
  init(_ model: LoadedModel, _ call: Call) throws(RequestProblem) {
    guard let encoder = model.moderator.encoder else {
      throw RequestProblem(.unsupported, "The model \"\(model.name)\" has no embeddings.")
    }
    self.model = model
    self.encoder = encoder
    self.call = call
  }

  /// A text, texts, ids of one text, or ids of texts.
  static func inputs(_ json: JSONValue, parameter: String) throws -> [Input] {
    switch json {
    case .string(let text): return [.text(text)]
    case .array(let elements) where elements.isEmpty:
      throw RequestProblem(.empty, "The input is empty.", parameter: parameter)
    case .array(let elements) where elements[0].kind == .number:
      return [.ids(try json.ints())]
    case .array(let elements):
      return try elements.enumerated().map { index, element in
        do throws(JSONError) {
          guard element.kind == .array else { return .text(try element.string()) }
          let ids = try element.ints()
          guard !ids.isEmpty else { throw JSONError.invalid(path: "$", reason: "has no ids") }
          return .ids(ids)
        } catch {
          throw error.within("\(parameter)[\(index)]")
        }
      }
    default:
      throw RequestProblem(
        .invalid, "The input is to be a text or a list of texts.", parameter: parameter)
    }
  }

  /// The tokens of an input, cut to what the model takes.
  ///
  /// - Parameters:
  ///   - prompt: the text in front; nil for the model's default one
  ///   - truncates: whether an input that is too long is cut, or refused
  func sequence(
    _ input: Input, prompt: String? = nil, truncates: Bool, parameter: String
  ) throws(RequestProblem) -> Tokens {
    let text: String
    switch input {
    case .text(let given): text = given
    case .ids(let ids): text = try self.text(of: ids, parameter: parameter)
    }
    try model.check(text, limits: call.server.limits, parameter: parameter)
    let limit = model.moderator.maximumTokens ?? encoder.input.limit()
    let encoded = encoder.input.encode(ModelInput(prompt: prompt, text: text), limit: limit)
    let tokens = Tokens(
      sequence: encoded.sequence, count: encoded.encoding.untruncatedCount,
      isTruncated: encoded.encoding.isTruncated)
    guard truncates || !tokens.isTruncated else {
      throw RequestProblem(
        .invalid,
        "`inputs` must have less than \(limit) tokens. Given: \(tokens.count)", parameter: parameter
      )
    }
    return tokens
  }

  /// The text of token ids, as TEI takes them: they are written out and encoded again.
  private func text(of ids: [Int], parameter: String) throws(RequestProblem) -> String {
    let tokenizer = encoder.tokenizer
    var tokens: [Int32] = []
    for id in ids {
      guard let id = Int32(exactly: id), tokenizer.token(for: id) != nil else {
        throw RequestProblem(
          .invalid,
          "The id \(id) is no token of this model. LangChain's OpenAIEmbeddings sends ids of OpenAI's "
            + "vocabulary unless it is made with check_embedding_ctx_length=False.",
          parameter: parameter)
      }
      tokens.append(id)
    }
    return TokenText.decode(tokens, tokenizer)
  }

  /// The vectors of token sequences, in order.
  func vectors(_ sequences: [TokenSequence], parameter: String) async throws -> [[Float]] {
    let outcome = try await call.compute(.vectors(sequences), on: model)
    return try outcome.results.enumerated().map { index, result in
      switch result {
      case .vector(let vector): return vector
      case .failure(let error):
        throw RequestProblem(.model, error.description, parameter: "\(parameter)[\(index)]")
      case .verdict, .tokenVectors: return []
      }
    }
  }

  /// How many numbers of a vector a request wants; nil: all.
  static func dimensions(_ body: JSONValue) throws -> Int? {
    let dimensions = try body.optionalInt("dimensions")
    guard dimensions.map({ $0 > 0 }) ?? true else {
      throw RequestProblem(
        .invalid, "A vector has at least one dimension.", parameter: "dimensions")
    }
    return dimensions
  }

  /// The first numbers of a vector, scaled to length 1 where asked for.
  static func shortened(_ vector: [Float], to dimensions: Int?, normalized: Bool)
    throws(RequestProblem) -> [Float]
  {
    var vector = vector
    if let dimensions {
      guard (1...vector.count).contains(dimensions) else {
        throw RequestProblem(
          .invalid, "The model's vectors have \(vector.count) dimensions.", parameter: "dimensions")
      }
      vector = Array(vector.prefix(dimensions))
    }
    guard normalized else { return vector }
    let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return length > 0 ? vector.map { Float(Double($0) / length) } : vector
  }

  /// The numbers as little-endian float32.
  static func base64(_ vector: [Float]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(vector.count * 4)
    for value in vector {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift)))
      }
    }
    return Data(bytes).base64EncodedString()
  }
}
