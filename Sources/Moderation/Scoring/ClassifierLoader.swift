import Heads
import JSON
import Platform
import Recurrent
import Respelling
import Tensor
import Transformer

/// Loads the model of a bundle and its heads.
struct ClassifierLoader {
  private let bundle: ModerationBundle
  /// Where the bundle's paths start.
  private let folder: URL
  private let model: URL
  private let options: Moderator.Options
  private let precision: Precision
  private let processor: Processor

  init(bundle: ModerationBundle, source: ModelSource, options: Moderator.Options)
    throws(ModerationError)
  {
    self.bundle = bundle
    self.options = options
    folder = source.folder
    model = source.model
    let allowed = bundle.model.precisions
    guard let precision = options.precision ?? allowed.first, allowed.contains(precision) else {
      throw .unsupportedPrecision(
        options.precision?.rawValue ?? "", allowed: allowed.map(\.rawValue))
    }
    self.precision = precision
    processor = options.processor ?? Processor(threads: options.threads)
  }

  func classifier() throws(ModerationError) -> any TextClassifier {
    let classifier =
      switch bundle.model.kind {
      case .encoder: try encoder()
      case .classifier: try sequenceClassifier()
      case .characterWord: try characterWord()
      }
    guard let words = bundle.respellingWords else { return classifier }
    let file = folder.appending(path: words)
    let bytes: [UInt8]
    do { bytes = try FileContent.bytes(of: file) } catch {
      throw .unreadable(file: file.path, reason: error.reason)
    }
    do {
      return RespellingClassifier(
        classifier, respeller: try Respeller(parsing: bytes, file: file.path))
    } catch {
      throw .respelling(error)
    }
  }

  private func encoder() throws(ModerationError) -> any TextClassifier {
    let encoder = try Self.loading { () throws(TransformerError) in
      try SentenceEncoder(
        contentsOf: model, adapter: adapter, dimensions: bundle.model.dimensions,
        precision: precision, processor: processor)
    }
    let ownPrompt = try Self.loading { () throws(TransformerError) in
      try encoder.input.prompt(named: bundle.model.promptName)
    }
    var heads: [Head] = []
    for reference in bundle.heads {
      let head: Head
      do {
        head = try Head(
          contentsOf: folder.appending(path: reference.path), processor: processor)
      } catch {
        throw .head(error)
      }
      guard head.inputSize == encoder.dimension else {
        throw .dimensionMismatch(
          head: reference.name, expected: head.inputSize, encoder: encoder.dimension)
      }
      heads.append(head)
    }
    let loaded = heads
    return TransformerClassifier(
      heads: zip(bundle.heads, heads).map { HeadClasses(name: $0.name, classes: $1.classes) },
      encoder: encoder, input: encoder.input, maximumTokens: limit(encoder.input),
      // The model's own prompt, where the bundle has nothing to say about prompts.
      prompt: bundle.model.prompt == nil ? ownPrompt : ""
    ) { (tokens: [TokenSequence]) throws(ModerationError) -> [[Double]] in
      let vectors = try Self.loading { () throws(TransformerError) in try encoder.embed(tokens) }
      return try Self.scores(of: vectors, by: loaded)
    }
  }

  /// Every head on the same vectors, its classes behind those of the heads before it.
  private static func scores(of vectors: [[Float]], by heads: [Head]) throws(ModerationError)
    -> [[Double]]
  {
    let rows = vectors.flatMap { $0 }
    var scores = [[Double]](repeating: [], count: vectors.count)
    for head in heads {
      let width = head.classes.count
      let all: [Double]
      do {
        all = try head.probabilities(rows, count: vectors.count)
      } catch {
        throw .head(error)
      }
      for row in vectors.indices { scores[row] += all[row * width..<(row + 1) * width] }
    }
    return scores
  }

  private func sequenceClassifier() throws(ModerationError) -> any TextClassifier {
    let classifier = try Self.loading { () throws(TransformerError) in
      try SequenceClassifier(
        contentsOf: model, adapter: adapter, precision: precision, processor: processor)
    }
    let score = bundle.model.scoreFunction ?? .standard(for: classifier)
    return TransformerClassifier(
      heads: [HeadClasses(name: ModerationBundle.defaultHeadName, classes: classifier.labels)],
      input: classifier.input, maximumTokens: limit(classifier.input)
    ) { (tokens: [TokenSequence]) throws(ModerationError) -> [[Double]] in
      try Self.loading { () throws(TransformerError) in try classifier.logits(of: tokens) }
        .map { score($0) }
    }
  }

  private func characterWord() throws(ModerationError) -> any TextClassifier {
    do {
      return RecurrentClassifier(
        try CharacterWordClassifier(contentsOf: model, precision: precision, processor: processor))
    } catch {
      throw .recurrent(error)
    }
  }

  /// The caller's adapter, else the bundle's.
  private var adapter: String? { options.adapter ?? bundle.model.adapterPath(in: folder) }

  /// The least of what the model, the bundle and the caller allow.
  private func limit(_ input: ModelTokenizer) -> Int {
    input.limit(bundle.maximumTokens, options.maximumTokens)
  }

  private static func loading<Result>(_ body: () throws(TransformerError) -> Result)
    throws(ModerationError) -> Result
  {
    do {
      return try body()
    } catch {
      throw error == .cancelled ? .cancelled : .transformer(error)
    }
  }
}
