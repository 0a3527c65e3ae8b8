import JSON
import Moderation
import Tokenizers
import Transformer

/// `POST /tokenize` and `/decode`.
enum TEITokens {
  static let tokenize: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json(requiringType: true)
    let inputs =
      try body["inputs"]?.kind == .array ? body.strings("inputs") : [body.string("inputs")]
    guard !inputs.isEmpty else { throw RequestProblem(.empty, "`inputs` cannot be empty") }
    try call.checkCount(inputs.count, parameter: "inputs")
    let adds = try body.optionalBool("add_special_tokens") ?? true
    let input = try input(call)
    var prompt = ""
    if let name = try body.optionalString("prompt_name") {
      do throws(TransformerError) { prompt = try input.prompt(named: name) } catch {
        throw RequestProblem(.invalid, error.description, parameter: "prompt_name")
      }
    }
    return Answer(
      .array(inputs.map { json(prompt + $0, input.tokenizer, addingSpecialTokens: adds) }))
  }

  /// Offsets are in Unicode scalars, as the reference library's are in Python; TEI's own are null for
  /// special tokens.
  private static func json(_ text: String, _ tokenizer: Tokenizer, addingSpecialTokens: Bool)
    -> JSONValue
  {
    let encoding = tokenizer.encode(text, addingSpecialTokens: addingSpecialTokens)
    let offsets = encoding.scalarOffsets(in: text)
    return .array(
      encoding.ids.indices.map { index in
        let isSpecial = encoding.specialTokensMask[index] == 1
        let range = offsets[index]
        return [
          "id": .number(JSONNumber(Int(encoding.ids[index]))),
          "text": .string(
            isSpecial
              ? tokenizer.token(for: encoding.ids[index]) ?? "" : slice(text, range)),
          "special": .bool(isSpecial),
          "start": isSpecial ? .null : .number(JSONNumber(range.lowerBound)),
          "stop": isSpecial ? .null : .number(JSONNumber(range.upperBound)),
        ]
      })
  }

  private static func slice(_ text: String, _ range: Range<Int>) -> String {
    var result = ""
    result.unicodeScalars.append(
      contentsOf: text.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count))
    return result
  }

  static let decode: @Sendable (Call) async throws -> Answer = { call in
    let body = try await call.json(requiringType: true)
    let lists: [[Int]]
    if case .array(let elements)? = body["ids"], elements.first?.kind == .array {
      lists = try elements.map { try $0.ints() }
    } else {
      lists = [try body.ints("ids")]
    }
    guard lists.allSatisfy({ !$0.isEmpty }) else {
      throw RequestProblem(.empty, "`input_ids` cannot be empty")
    }
    let skips = try body.optionalBool("skip_special_tokens") ?? true
    let tokenizer = try input(call).tokenizer
    return Answer(
      .array(
        try lists.map { ids in
          let tokens = try ids.map { id -> Int32 in
            guard let token = Int32(exactly: id), tokenizer.token(for: token) != nil else {
              throw RequestProblem(.invalid, "\(id) is no token of the model", parameter: "ids")
            }
            return token
          }
          return .string(TokenText.decode(tokens, tokenizer, skipsSpecial: skips))
        }))
  }

  private static func input(_ call: Call) throws(RequestProblem) -> ModelTokenizer {
    let model = call.modelOrFirst(named: nil)
    guard let input = model.moderator.input else {
      throw RequestProblem(.unsupported, "The tokens of the model \"\(model.name)\" are words.")
    }
    return input
  }
}
