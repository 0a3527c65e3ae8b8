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
  private let threads: Int

  init(_ folder: URL, precision: String?, threads: Int) throws {
    self.threads = threads
    let hasBundle = FileManager.default.fileExists(
      atPath: folder.appending(path: ModerationBundle.fileName).path)
    let bundle = hasBundle ? try ModerationBundle(contentsOf: folder) : nil
    let model = try bundle?.modelFolder(in: folder) ?? folder
    self.folder = model
    description =
      bundle?.model.kind == .characterWord ? nil : try ModelDescription(contentsOf: model)
    if bundle != nil || description?.labels != nil {
      let moderator = try Moderator(
        contentsOf: folder,
        options: .init(
          precision: precision.flatMap { ModelReference.Precision(rawValue: $0) }, threads: threads)
      )
      self.precision = precision ?? bundle?.model.precisions.first?.rawValue ?? "float32"
      judge = { _ = try moderator.moderate($0) }
    } else {
      let encoder = try SentenceEncoder(
        contentsOf: folder, precision: precision.flatMap(Precision.init),
        processor: Processor(threads: threads))
      self.precision = encoder.encoder.configuration.precision.rawValue
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
    while description.encode(Self.words(count: count)).ids.count > tokens, count > 1 { count -= 1 }
    return Self.words(count: count)
  }

  /// Milliseconds below which no program could get: the layers' weights once over the memory's
  /// bandwidth, or their multiply-adds over the kernels' peak, whichever is more.
  func floor(tokens: Int, bandwidth: Double, peak: Double) -> Double? {
    guard let configuration = description?.configuration else { return nil }
    let (hidden, inner) = (Double(configuration.hiddenSize), Double(configuration.intermediateSize))
    let weights = Double(configuration.layerCount) * (4 * hidden * hidden + 2 * hidden * inner)
    let bytes = weights * (precision == "int8" ? 1 : 4)
    return max(bytes / bandwidth / 1e6, weights * Double(tokens) / peak / 1e6)
  }

  /// Milliseconds of each stage for a text of 32 tokens.
  func stages() throws -> [String: Double]? {
    guard let description else { return nil }
    let profile = Profile()
    let processor = Processor(threads: threads, profile: profile)
    let text = text(tokens: 32)
    let repetitions = 200
    let ids = description.encode(text).ids
    let tokens = [TokenSequence(ids)]
    let model: () throws -> Void
    if description.labels == nil {
      let encoder = try SentenceEncoder(
        contentsOf: folder, precision: Precision(rawValue: precision), processor: processor)
      model = { _ = try encoder.embed(tokens) }
    } else {
      let classifier = try SequenceClassifier(
        contentsOf: folder, precision: Precision(rawValue: precision), processor: processor)
      model = { _ = try classifier.logits(of: tokens) }
    }
    for _ in 0..<5 { try model() }
    profile.reset()
    var start = ContinuousClock.now
    for _ in 0..<repetitions { try model() }
    let whole = milliseconds(since: start) / Double(repetitions)
    var stages = profile.milliseconds.mapValues { $0 / Double(repetitions) }
    stages["pooling and head"] = max(0, whole - stages.values.reduce(0, +))
    start = ContinuousClock.now
    for _ in 0..<repetitions { _ = description.encode(text) }
    stages["tokenise"] = milliseconds(since: start) / Double(repetitions)
    return stages
  }
}
