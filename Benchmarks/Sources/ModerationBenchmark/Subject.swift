import Foundation
import Moderation
import Tensor
import Tokenizers
import Transformer

/// A model as its user calls it: a moderator where the folder is one, else an encoder.
struct Subject {
  let precision: String
  private let judge: ([String]) throws -> Void
  private let description: ModelDescription?
  private let folder: URL
  private let processor: Processor

  init(_ folder: URL, precision: String?, threads: Int) throws {
    let source = try ModelSource(contentsOf: folder)
    let processor = Processor(threads: threads)
    let wanted = precision.flatMap(Precision.init)
    self.processor = processor
    self.folder = source.model
    description =
      source.bundle?.model.kind == .characterWord
      ? nil : try ModelDescription(contentsOf: source.model)
    if source.bundle != nil || description?.labels != nil {
      let moderator = try Moderator(
        source, options: .init(precision: wanted, processor: processor))
      self.precision = precision ?? source.bundle?.model.precisions.first?.rawValue ?? "float32"
      judge = { _ = try moderator.moderate($0) }
    } else {
      let encoder = try SentenceEncoder(
        contentsOf: folder, precision: wanted, processor: processor)
      self.precision = encoder.encoder.precision.rawValue
      judge = { _ = try encoder.embed($0) }
    }
  }

  func run(_ texts: [String]) throws { try judge(texts) }

  private static let vocabulary = [
    "the", "people", "of", "this", "town", "are", "not", "what", "you", "think", "they", "were",
    "and", "it", "is", "time", "to", "say", "so", "in", "public", "for", "once",
  ]

  static func words(count: Int) -> String {
    (0..<count).map { vocabulary[$0 % vocabulary.count] }.joined(separator: " ")
  }

  /// A text of so many tokens, special ones included.
  func text(tokens: Int) -> String {
    guard let description else { return Self.words(count: tokens) }
    var count = max(1, tokens - 2)
    func length(_ count: Int) -> Int {
      description.input.encode(ModelInput(text: Self.words(count: count))).sequence.ids.count
    }
    while length(count) > tokens, count > 1 { count -= 1 }
    return Self.words(count: count)
  }

  /// Milliseconds below which no program could get: the layers' weights once over the memory's
  /// bandwidth, or their multiply-adds over the kernels' peak, whichever is more.
  func floor(tokens: Int, bandwidth: Double, peak: Double) -> Double? {
    guard let description else { return nil }
    let shape = description.shape
    let (hidden, inner) = (Double(shape.hiddenSize), Double(shape.intermediateSize))
    let layer = 4 * hidden * hidden + 2 * hidden * inner
    let weights = Double(shape.layerCount) * layer
    let bytes = weights * (precision == "int8" ? 1 : 4)
    var multiplications = weights * Double(tokens)
    if description.readsOneToken {
      // In the last layer only keys and values are those of all tokens.
      multiplications -= (layer - 2 * hidden * hidden) * Double(tokens - 1)
    }
    return max(bytes / bandwidth / 1e6, multiplications / peak / 1e6)
  }

  /// Milliseconds of each stage, by the length of the text. Empty for what is no transformer.
  func stages(_ settings: Settings) throws -> [Int: [String: Double]] {
    guard let description else { return [:] }
    let profile = Profile()
    let processor = Processor(threads: self.processor.threads, profile: profile)
    let model: ([TokenSequence]) throws -> Void
    if description.labels == nil {
      let encoder = try SentenceEncoder(
        contentsOf: folder, precision: Precision(rawValue: precision), processor: processor)
      model = { _ = try encoder.embed($0) }
    } else {
      let classifier = try SequenceClassifier(
        contentsOf: folder, precision: Precision(rawValue: precision), processor: processor)
      model = { _ = try classifier.logits(of: $0) }
    }
    var result: [Int: [String: Double]] = [:]
    for length in settings.lengths {
      let text = text(tokens: length)
      let tokens = [description.input.encode(ModelInput(text: text)).sequence]
      for _ in 0..<5 { try model(tokens) }
      profile.reset()
      let whole = try mean(settings.seconds) { try model(tokens) }
      var stages = profile.milliseconds.mapValues { $0 / Double(whole.count) }
      stages["pooling and head"] = max(0, whole.milliseconds - stages.values.reduce(0, +))
      stages["tokenise"] = try mean(0.1) {
        _ = description.input.encode(ModelInput(text: text))
      }.milliseconds
      result[length] = stages
    }
    return result
  }

  /// Of so many runs as the seconds hold.
  private func mean(
    _ seconds: Double, _ body: () throws -> Void
  ) throws -> (milliseconds: Double, count: Int) {
    let start = ContinuousClock.now
    var count = 0
    while count == 0 || milliseconds(since: start) < seconds * 1000 {
      try body()
      count += 1
    }
    return (milliseconds(since: start) / Double(count), count)
  }
}
