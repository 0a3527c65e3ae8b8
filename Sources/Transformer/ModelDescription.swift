internal import JSON
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What the files of a Hugging Face folder say of a model, its weights aside.
public struct ModelDescription: Sendable {
  public let configuration: EncoderConfiguration
  /// The class that `config.json` names, such as `BertForSequenceClassification`.
  public let architecture: String?
  /// The labels of a sequence classifier; nil for an encoder.
  public let labels: [String]?
  /// What a classifier's labels are to each other; nil where `config.json` does not say.
  public let problemType: SequenceClassifier.ProblemType?
  public let tokenizer: Tokenizer
  /// The longest text in tokens, special ones included; nil: no limit.
  public let maximumTokens: Int?
  /// The prompts that a sentence encoder was trained with, by name.
  public let prompts: [String: String]
  public let defaultPrompt: String?
  /// What follows a sentence encoder's layers, in order, such as `mean` and `normalize`.
  public let modules: [String]
  private let lowercases: Bool
  private let isSentenceEncoder: Bool

  /// - Throws: ``TransformerError`` that names the file or key.
  public init(contentsOf folder: URL) throws(TransformerError) {
    let sentence = try SentenceTransformerConfiguration(folder)
    let file = try ConfigurationFile(sentence.encoder.appending(path: "config.json"))
    configuration = try EncoderConfiguration(file)
    architecture = try file.read { json throws(JSONError) in
      try json.optionalStrings("architectures")?.first
    }
    isSentenceEncoder = architecture?.hasSuffix("ForSequenceClassification") != true
    if isSentenceEncoder {
      (labels, problemType) = (nil, nil)
    } else {
      let read = try SequenceClassifier.labels(file)
      (labels, problemType) = (read.labels, read.problemType)
    }
    do { tokenizer = try Tokenizer(contentsOf: sentence.encoder) } catch { throw .tokenizer(error) }
    let given = isSentenceEncoder ? sentence.maximumTokens : nil
    maximumTokens = Self.maximumTokens(given, tokenizer, configuration)
    prompts = sentence.prompts
    defaultPrompt = sentence.defaultPrompt
    lowercases = sentence.lowercases
    modules = isSentenceEncoder ? sentence.modules.map(\.name) : []
  }

  /// Whether the folder holds a classifier rather than an encoder.
  public var isClassifier: Bool { labels != nil }

  /// The text as the tokenizer is given it.
  public func prepare(_ text: String) -> String {
    isSentenceEncoder ? SentenceEncoder.prepare(text, lowercases: lowercases) : text
  }

  /// What a folder says (`max_seq_length`), else what its tokenizer says, and never more than the
  /// model has positions for.
  static func maximumTokens(
    _ given: Int?, _ tokenizer: Tokenizer, _ configuration: EncoderConfiguration
  ) -> Int? {
    [given ?? tokenizer.modelMaximumLength, configuration.maximumTokens].compactMap(\.self).min()
  }
}

extension SentenceTransformerConfiguration.Module {
  var name: String {
    switch self {
    case .pooling(let pooling): pooling.modes.map(\.rawValue).joined(separator: " + ")
    case .dense: "dense"
    case .normalize: "normalize"
    }
  }
}
