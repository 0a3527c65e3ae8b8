import Heads
import Recurrent
public import Tensor
import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How a bundle's model becomes a scorer.
struct ScorerLoader {
  let bundle: ModerationBundle
  /// Where the bundle's paths start.
  let folder: URL
  let options: Moderator.Options
  let processor: Processor

  init(bundle: ModerationBundle, folder: URL, options: Moderator.Options) {
    self.bundle = bundle
    self.folder = folder
    self.options = options
    processor = options.processor ?? Processor(threads: options.threads)
  }

  func scorer() throws(ModerationError) -> any TextScorer {
    let allowed = bundle.model.precisions.filter(Self.runnable.contains)
    guard let precision = options.precision ?? allowed.first, allowed.contains(precision) else {
      throw .unsupportedPrecision(
        (options.precision ?? bundle.model.precisions[0]).rawValue, allowed: allowed.map(\.rawValue)
      )
    }
    let model = try bundle.modelFolder(in: folder)
    switch bundle.model.kind {
    case .encoder: return try encoder(model, precision.layers)
    case .classifier: return try classifier(model, precision.layers)
    case .characterWord: return try characterWord(model, precision.layers ?? .float32)
    }
  }

  /// The precisions that the layers below have.
  private static let runnable: [ModelReference.Precision] = [.float32, .int8]

  private func encoder(
    _ model: URL, _ precision: Precision?
  ) throws(ModerationError) -> any TextScorer {
    let encoder = try Self.loading { () throws(TransformerError) in
      try SentenceEncoder(contentsOf: model, precision: precision, processor: processor)
    }
    var heads: [Head] = []
    for reference in bundle.heads {
      let head: Head
      do {
        head = try Head(
          contentsOf: folder.appending(path: reference.path), processor: processor)
      } catch {
        throw .model(error.description)
      }
      guard head.inputSize == encoder.dimension else {
        throw .dimensionMismatch(
          head: reference.name, expected: head.inputSize, encoder: encoder.dimension)
      }
      heads.append(head)
    }
    let loaded = heads
    // What sentence-transformers does when a bundle has nothing to say about prompts.
    let prompt =
      bundle.model.prompt == nil
      ? encoder.defaultPromptName.flatMap { encoder.prompts[$0] } ?? "" : ""
    let lowercases = encoder.lowercases
    return TokenScorer(
      heads: zip(bundle.heads, heads).map { ScoredHead(name: $0.name, classes: $1.classes) },
      tokenizer: encoder.tokenizer, maximumTokens: maximumTokens(encoder.maximumTokens),
      prepare: { text in
        let prefix = prompt + text.prefix
        return lowercases
          ? ModelText(prefix: prefix.lowercased(), text: text.text.lowercased())
          : ModelText(prefix: prefix, text: text.text)
      }
    ) { (tokens: [[Int32]]) throws(ModerationError) -> [[Double]] in
      let vectors = try Self.loading { () throws(TransformerError) in
        try encoder.embed(tokens.map { TokenSequence($0) })
      }
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
        throw .model(error.description)
      }
      for row in vectors.indices { scores[row] += all[row * width..<(row + 1) * width] }
    }
    return scores
  }

  private func classifier(
    _ model: URL, _ precision: Precision?
  ) throws(ModerationError) -> any TextScorer {
    let classifier = try Self.loading { () throws(TransformerError) in
      try SequenceClassifier(contentsOf: model, precision: precision, processor: processor)
    }
    let activation = bundle.model.activation ?? .standard(for: classifier)
    return TokenScorer(
      heads: [ScoredHead(name: ModerationBundle.defaultHeadName, classes: classifier.labels)],
      tokenizer: classifier.tokenizer, maximumTokens: maximumTokens(classifier.maximumTokens)
    ) { (tokens: [[Int32]]) throws(ModerationError) -> [[Double]] in
      try Self.loading { () throws(TransformerError) in
        try classifier.logits(of: tokens.map { TokenSequence($0) })
      }
      .map { activation($0) }
    }
  }

  private func characterWord(
    _ model: URL, _ precision: Precision
  ) throws(ModerationError) -> any TextScorer {
    do {
      return CharacterWordScorer(
        try CharacterWordClassifier(contentsOf: model, precision: precision, processor: processor))
    } catch {
      throw .model(error.description)
    }
  }

  /// The smallest of what the model, the bundle and the caller allow.
  private func maximumTokens(_ model: Int?) -> Int {
    [model, bundle.maximumTokens, options.maximumTokens].compactMap(\.self).min() ?? .max
  }

  private static func loading<Result>(_ body: () throws(TransformerError) -> Result)
    throws(ModerationError) -> Result
  {
    do {
      return try body()
    } catch {
      throw .model(error.description)
    }
  }
}

extension ModelReference.Precision {
  /// The layers' name of it; nil where they have no such arithmetic.
  public var layers: Precision? { Precision(rawValue: rawValue) }
}
