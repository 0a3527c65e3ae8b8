internal import JSON
internal import Tensor
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What the files of a Hugging Face folder say of a model, its weights aside.
public struct ModelDescription: Sendable {
  /// Where the encoder's `config.json` and weights are.
  public let encoderFolder: URL
  /// `model_type` of `config.json`, such as `bert`.
  public let modelType: String
  public let shape: EncoderShape
  /// The class that `config.json` names, such as `BertForSequenceClassification`.
  public let architecture: String?
  /// The labels of a sequence classifier; nil for an encoder.
  public let labels: [String]?
  /// How a classifier's logits become scores; nil for an encoder.
  public let problemType: SequenceClassifier.ProblemType?
  public let tokenizer: Tokenizer
  /// The longest text in tokens, special ones included; nil: no limit.
  public let maximumTokens: Int?
  /// The prompts that a sentence encoder was trained with, by name.
  public let prompts: [String: String]
  public let defaultPrompt: String?
  /// What follows a sentence encoder's layers, in order, such as `mean` and `normalize`.
  public let modules: [String]
  /// Whether the states of one token decide: the others take part in the last layer with their keys
  /// and values only.
  public let readsOneToken: Bool
  private let lowercases: Bool

  /// - Throws: ``TransformerError`` that names the file or key.
  public init(contentsOf folder: URL) throws(TransformerError) {
    let sentence = try SentenceTransformerConfiguration(folder, Kernels(.preferred))
    encoderFolder = sentence.encoder
    let file = try ConfigurationFile(sentence.encoder.appending(path: "config.json"))
    modelType = try file.text("model_type")
    shape = try file.family().shape
    architecture = try file.read { json throws(JSONError) in
      try json.optionalStrings("architectures")?.first
    }
    let isSentenceEncoder = architecture?.hasSuffix("ForSequenceClassification") != true
    if isSentenceEncoder {
      (labels, problemType) = (nil, nil)
    } else {
      let labels = try SequenceClassifier.labels(file)
      problemType = try SequenceClassifier.problemType(file, labelCount: labels.count)
      self.labels = labels
    }
    do { tokenizer = try Tokenizer(contentsOf: sentence.encoder) } catch { throw .tokenizer(error) }
    let given = isSentenceEncoder ? sentence.maximumTokens : nil
    maximumTokens =
      given ?? [shape.maximumTokens, tokenizer.modelMaximumLength].compactMap(\.self).min()
    prompts = sentence.prompts
    defaultPrompt = sentence.defaultPrompt
    lowercases = isSentenceEncoder && sentence.lowercases
    readsOneToken = !isSentenceEncoder || sentence.onlyToken(skipping: 0) != nil
    modules = isSentenceEncoder ? sentence.modules.map(\.name) : []
  }

  /// The tokens of a text as the model sees them.
  ///
  /// - Parameter maximumTokens: a limit below the model's own.
  public func encode(_ text: String, maximumTokens limit: Int? = nil) -> Encoding {
    tokenizer.encode(
      lowercases ? text.lowercased() : text,
      maximumLength: [limit, maximumTokens].compactMap(\.self).min())
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
