import JSON
import Moderation
import ModerationEvaluation
import Platform
import Quantization
import Tensor
import Transformer

/// The differences between a model in float32 and in int8: of layers, vectors and verdicts.
struct QuantizationReport {
  let sites: [SiteReport]
  let tolerance: Double
  let instructionSet: InstructionSet
  let calibrationTexts: Int
  /// Of sentence embeddings, int8 with float32.
  private var agreement = Agreement()
  private var differences: [Double] = []
  private var verdicts = 0
  private var flipped = 0
  private var labels: [(name: String, float32: [Double?], int8: [Double?])] = []

  /// Texts that both are compared on.
  private static let comparedTexts = 2000

  init(_ prepared: PreparedModel, calibrationTexts: Int) {
    sites = prepared.reports
    tolerance = prepared.tolerance
    instructionSet = prepared.instructionSet
    self.calibrationTexts = calibrationTexts
  }

  /// Runs both models on texts, and on annotated messages where there are any.
  mutating func compare(
    _ source: QuantizationSource, with target: URL, texts: [String], processor: Processor,
    test: String?, data: DatasetOptions
  ) throws {
    let texts = Self.spread(texts)
    guard let bundle = source.prepared(nil) else {
      try compareVectors(source, target, texts, processor)
      return
    }
    if bundle.model.kind == .encoder { try compareVectors(source, target, texts, processor) }
    try FileOutput.write(
      bundle.encoded(), to: target.appending(path: ModerationBundle.fileName).path)
    let exact = try Moderator(
      source.source,
      options: .init(precision: .float32, adapter: source.adapter, processor: processor))
    let found = try Moderator(
      contentsOf: target, options: .init(precision: .int8, processor: processor))
    for start in stride(from: 0, to: texts.count, by: 64) {
      let batch = Array(texts[start..<min(start + 64, texts.count)])
      let messages = batch.map { Message($0) }
      for (a, b) in zip(exact.moderateEach(messages), found.moderateEach(messages)) {
        // A text that neither can judge says nothing about the difference.
        guard let a = try? a.get(), let b = try? b.get() else { continue }
        verdicts += 1
        flipped += zip(a.labels, b.labels).contains { $0.isFlagged != $1.isFlagged } ? 1 : 0
        differences += zip(a.labels, b.labels).map { Double(abs($0.score - $1.score)) }
      }
    }
    guard let test else { return }
    let (before, after) = (
      try Self.evaluate(exact, test, data), try Self.evaluate(found, test, data)
    )
    for (a, b) in zip(before.labels, after.labels) {
      labels.append((a.name, [a.f1, a.areaUnderROC], [b.f1, b.areaUnderROC]))
    }
  }

  private static func spread(_ texts: [String]) -> [String] {
    let step = max(1, texts.count / comparedTexts)
    return stride(from: 0, to: texts.count, by: step).prefix(comparedTexts).map { texts[$0] }
  }

  private mutating func compareVectors(
    _ source: QuantizationSource, _ target: URL, _ texts: [String], _ processor: Processor
  ) throws {
    let exact = try SentenceEncoder(
      contentsOf: source.source.model, adapter: source.adapter, processor: processor)
    let found = try SentenceEncoder(
      contentsOf: source.modelFolder(in: target), processor: processor)
    for start in stride(from: 0, to: texts.count, by: 64) {
      let batch = Array(texts[start..<min(start + 64, texts.count)])
      let pairs = attempt(batch) { texts in
        zip(try exact.embed(texts), try found.embed(texts)).map { ($0.vector, $1.vector) }
      }
      for case .success(let (exact, found)) in pairs {
        agreement.add(found, exact: exact)
      }
    }
  }

  private static func evaluate(
    _ moderator: Moderator, _ path: String, _ data: DatasetOptions
  ) throws -> EvaluationRun {
    var evaluator = Evaluator(moderator)
    var reader = try data.reader(try InputFile(path: path))
    try evaluator.read(&reader)
    return evaluator.run(
      .init(model: moderator.bundle.name, dataset: FileOutput.name(of: path)),
      bootstrap: nil)
  }

  private static func number(_ value: Double?) -> JSONValue {
    value.map { .number(JSONNumber($0)) } ?? .null
  }

  var json: JSONValue {
    var root = JSONObject()
    root["calibrationTexts"] = .number(JSONNumber(calibrationTexts))
    root["tolerance"] = Self.number(tolerance)
    root["instructionSet"] = .string(instructionSet.rawValue)
    root["layers"] = .array(
      sites.map {
        [
          "layer": .number(JSONNumber($0.layer)), "site": .string($0.site),
          "weightBits": .number(JSONNumber($0.bits)), "inputDigits": .number(JSONNumber($0.digits)),
          "loss": Self.number($0.error),
        ]
      })
    if agreement.count > 0 {
      root["cosine"] = [
        "texts": .number(JSONNumber(agreement.count)),
        "mean": Self.number(agreement.mean),
        "minimum": Self.number(agreement.minimum),
      ]
    }
    if verdicts > 0 {
      root["verdicts"] = [
        "texts": .number(JSONNumber(verdicts)), "flipped": .number(JSONNumber(flipped)),
        "meanScoreDifference": Self.number(
          differences.reduce(0, +) / Double(max(1, differences.count))),
        "largestScoreDifference": Self.number(differences.max()),
      ]
    }
    if !labels.isEmpty {
      root["labels"] = .array(
        labels.map { label in
          func numbers(_ values: [Double?]) -> JSONValue {
            ["f1": Self.number(values[0]), "areaUnderROC": Self.number(values[1])]
          }
          return [
            "name": .string(label.name), "float32": numbers(label.float32),
            "int8": numbers(label.int8),
          ]
        })
    }
    return .object(root)
  }

  /// A summary at a terminal, the whole in a pipe.
  func show() throws {
    var out = ByteOutput()
    if Terminal.output.isInteractive {
      let exact = sites.filter { $0.bits == 32 }.count
      let finer = sites.filter { $0.bits > 7 || $0.digits > 1 }.count - exact
      try out.write(
        """
        \(sites.count) inputs of layers: \(finer) finer than 7-bit weights, \(exact) in float32, \
        for CPUs with \(instructionSet.rawValue)

        """)
      for (name, value) in [
        ("cosine, mean", agreement.count > 0 ? agreement.mean : nil),
        ("cosine, minimum", agreement.count > 0 ? agreement.minimum : nil),
        ("largest difference of a score", differences.max()),
      ] { if let value { try out.write("\(name): \(value)\n") } }
      if verdicts > 0 { try out.write("verdicts changed: \(flipped) of \(verdicts)\n") }
    } else {
      try out.write(line: json.encoded())
    }
    try out.flush()
  }
}
