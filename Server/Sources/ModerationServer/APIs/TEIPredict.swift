import JSON
import Moderation
import RealModule

/// `POST /predict`: scores of a text, of a pair, or of a batch of them.
enum TEIPredict {
  /// What is judged: a text, or two that belong together.
  enum Input: Equatable, Sendable {
    case text(String)
    case pair(String, String)

    /// The text that the model is given: moderators read one text, so a pair is two lines of it.
    var text: String {
      switch self {
      case .text(let text): text
      case .pair(let first, let second): first + "\n" + second
      }
    }
  }

  enum ScoreFunction: String, Sendable {
    case sigmoid, softmax, none
  }

  struct Request: Equatable {
    var inputs: [Input]
    /// Whether the answer is a list of lists.
    var isBatch: Bool
    var truncates = true
    var rawScores = false
    /// Whether Hugging Face's client asks, which reads a list of lists even for one text.
    var isHuggingFace = false
    var topK: Int?
    var function: ScoreFunction?

    /// A list of two strings is a pair; texts of a batch stand in lists of their own.
    init(_ body: JSONValue) throws {
      guard body.kind == .object else { throw TEIErrors.shape("expected an object") }
      guard let json = body["inputs"] else { throw TEIErrors.shape("missing field `inputs`") }
      (inputs, isBatch) = try Self.inputs(json)
      do {
        truncates = try body.optionalBool("truncate") ?? true
        rawScores = try body.optionalBool("raw_scores") ?? false
        if let parameters = try body.optionalObject("parameters") {
          isHuggingFace = true
          let parameters = JSONValue.object(parameters)
          topK = try parameters.optionalInt("top_k")
          if let name = try parameters.optionalString("function_to_apply") {
            guard let function = ScoreFunction(rawValue: name) else {
              throw TEIErrors.shape("function_to_apply is sigmoid, softmax or none")
            }
            self.function = function
          }
        }
      } catch let error as JSONError {
        throw TEIErrors.shape(error.description)
      }
    }

    private static func inputs(_ json: JSONValue) throws -> ([Input], isBatch: Bool) {
      switch json {
      case .string(let text): return ([.text(text)], false)
      case .array(let elements) where elements.isEmpty:
        throw TEIErrors.shape("`inputs` must not be empty")
      case .array(let elements) where elements.allSatisfy({ $0.kind == .string }):
        return ([try single(elements)], false)
      case .array(let elements):
        let batch = try elements.map { element -> Input in
          guard case .array(let own) = element else {
            throw TEIErrors.shape("`inputs` mixes texts and lists of texts")
          }
          return try single(own)
        }
        return (batch, true)
      default: throw TEIErrors.shape("`inputs` must be a string or a list")
      }
    }

    private static func single(_ elements: [JSONValue]) throws -> Input {
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element else {
          throw TEIErrors.shape("`inputs` must be made of strings")
        }
        texts.append(text)
      }
      switch texts.count {
      case 1: return .text(texts[0])
      case 2: return .pair(texts[0], texts[1])
      default:
        throw TEIErrors.shape("`inputs` must have one string, or two that are a pair")
      }
    }
  }

  static let answer: @Sendable (Call) async throws -> Answer = { call in
    let (json, report) = try await predict(try await call.json(requiringType: true), call)
    return Answer(json, headers: report.headers)
  }

  static func predict(_ body: JSONValue, _ call: Call) async throws -> (json: JSONValue, TEIReport)
  {
    let start = ContinuousClock.now
    let metrics = call.server.metrics.tei
    do {
      let request = try Request(body)
      metrics.began(isBatch: request.isBatch, kind: "predict", items: request.inputs.count)
      let limit = call.server.limits.inputs
      guard request.inputs.count <= limit else {
        metrics.failed("batch_size")
        throw RequestProblem(
          .invalid, "batch size \(request.inputs.count) > maximum allowed batch size \(limit)")
      }
      let model = call.modelOrFirst(named: nil)
      let verdicts = try await call.verdicts(
        on: request.inputs.map { Message($0.text) }, by: model, parameter: { "inputs[\($0)]" })
      if !request.truncates, let index = verdicts.firstIndex(where: \.isTruncated) {
        throw RequestProblem(
          .invalid,
          "`inputs` must have less than \(model.moderator.maximumTokens ?? 0) tokens. Given: "
            + "\(verdicts[index].tokenCount)", parameter: request.isBatch ? "inputs[\(index)]" : nil
        )
      }
      var report = TEIReport()
      report.characters = request.inputs.reduce(0) { $0 + $1.text.unicodeScalars.count }
      report.tokens = verdicts.reduce(0) { $0 + $1.tokenCount }
      report.truncated = verdicts.count(where: \.isTruncated)
      let times = call.record.current.times
      report.times = TEITimes(
        total: ContinuousClock.now - start, queue: times.queue, inference: times.inference)
      metrics.succeeded(
        isBatch: request.isBatch, kind: "predict", items: request.inputs.count, times: report.times,
        tokens: verdicts.map(\.tokenCount))
      return (try json(request, verdicts), report)
    } catch {
      metrics.failed(error)
      throw error
    }
  }

  // MARK: The answer

  static func json(_ request: Request, _ verdicts: [Verdict]) throws -> JSONValue {
    let lists = try verdicts.map { verdict in
      let list = try scores(request, verdict)
      return JSONValue.array(request.topK.map { Array(list.prefix(max(1, $0))) } ?? list)
    }
    return request.isBatch || request.isHuggingFace ? .array(lists) : lists[0]
  }

  /// Falling scores; of equal ones the later label first, as TEI has them.
  private static func scores(_ request: Request, _ verdict: Verdict) throws -> [JSONValue] {
    let values = values(request, verdict)
    guard values.allSatisfy({ !$0.isNaN }) else {
      throw RequestProblem(.model, "The model gave a score that is no number.")
    }
    let order = values.indices.sorted { (values[$0], $0) > (values[$1], $1) }
    return order.map { index in
      ["score": .score(Float(values[index])), "label": .string(verdict.labels[index].name)]
    }
  }

  /// The scores of the labels, or what they are made of: the logits of a model with sigmoids are the
  /// log-odds of its scores, those of one with a softmax are so up to a constant.
  private static func values(_ request: Request, _ verdict: Verdict) -> [Double] {
    let scores = verdict.labels.map { Double($0.score) }
    let logits = {
      verdict.labels.map { label in
        let score = min(max(Double(label.rawScore), 1e-12), 1 - 1e-12)
        return Double.log(score / (1 - score))
      }
    }
    switch request.function {
    case .sigmoid: return verdict.labels.map { Double($0.rawScore) }
    case .none?: return logits()
    case .softmax:
      let logits = logits()
      let largest = logits.max() ?? 0
      let powers = logits.map { Double.exp($0 - largest) }
      return powers.map { $0 / powers.reduce(0, +) }
    case nil: return request.rawScores ? logits() : scores
    }
  }
}

extension TEIMetrics {
  /// Counts a request that failed under the name that TEI has for the reason.
  func failed(_ error: any Error) {
    switch Endpoint.problem(error).kind {
    case .overloaded: failed("overloaded")
    case .unsupported: failed("model_type")
    case .model: failed("inference")
    default: failed("validation")
    }
  }
}
