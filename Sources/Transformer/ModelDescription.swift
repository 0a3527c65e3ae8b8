internal import JSON
public import Platform
internal import Safetensors
public import Tokenizers

/// What the files of a Hugging Face folder say of a model. ``SentenceEncoder`` and
/// ``SequenceClassifier`` are made from it.
public struct ModelDescription: Sendable {
  /// What a folder's model is.
  public enum Kind: Sendable {
    /// One vector for a text.
    case sentenceEncoder
    /// One logit for each label.
    case sequenceClassifier
  }

  public let kind: Kind
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
  /// How a text becomes tokens.
  public let input: ModelTokenizer
  let sentence: SentenceTransformerConfiguration?

  public var tokenizer: Tokenizer { input.tokenizer }
  /// The longest text in tokens, special ones included, where no limit is given.
  public var maximumTokens: Int? { input.limit() }
  /// The prompts that a sentence encoder was trained with, by name.
  public var prompts: [String: String] { input.prompts }
  /// What follows a sentence encoder's layers, in order, such as `mean` and `normalize`.
  public var modules: [String] { sentence?.modules.map(\.name) ?? [] }

  /// Whether the states of one token decide: the others take part in the last layer with their keys
  /// and values only.
  public var readsOneToken: Bool { sentence.map { $0.onlyToken(skipping: 0) != nil } ?? true }

  /// Whether a sentence encoder's vector is the state of a message's last token.
  public var readsLastToken: Bool {
    sentence?.modules.contains { module in
      if case .pooling(let pooling) = module { pooling.modes == [.lastToken] } else { false }
    } ?? false
  }

  /// - Parameter kind: nil: what ``kind(of:)`` finds
  /// - Throws: ``TransformerError`` that names the file or key.
  public init(contentsOf folder: URL, as kind: Kind? = nil) throws(TransformerError) {
    self.kind = if let kind { kind } else { try Self.kind(of: folder) }
    sentence =
      self.kind == .sentenceEncoder ? try SentenceTransformerConfiguration(folder) : nil
    encoderFolder = sentence?.encoder ?? folder
    let file = try ConfigurationFile(encoderFolder.appending(path: "config.json"))
    modelType = try file.text("model_type")
    architecture = try Self.architecture(file)
    if self.kind == .sequenceClassifier { try Self.requireNoGeneration(architecture, file.path) }
    shape = try file.family().shape
    if self.kind == .sequenceClassifier {
      let labels = try SequenceClassifier.labels(file)
      problemType = try SequenceClassifier.problemType(file, labelCount: labels.count)
      self.labels = labels
    } else {
      (labels, problemType) = (nil, nil)
    }
    input = try ModelTokenizer(encoderFolder, file, shape, sentence)
    // A few tokens without words are allowed: a text that has one ends in an error of its own.
    let tokens = input.tokenizer.vocabularyCount
    let beyond = input.tokenizer.tokenCount(from: shape.vocabularySize)
    guard beyond * 10 <= tokens else {
      throw .foreignTokenizer(
        folder: encoderFolder.path, tokens: tokens, beyond: beyond, words: shape.vocabularySize)
    }
  }

  /// Refuses a model that writes text, where classes are wanted.
  ///
  /// - Throws: ``TransformerError/generative(file:architecture:)``
  public func requireNoGeneration() throws(TransformerError) {
    try Self.requireNoGeneration(
      architecture, encoderFolder.appending(path: "config.json").path)
  }

  private static func requireNoGeneration(
    _ architecture: String?, _ file: String
  ) throws(TransformerError) {
    let ends = ["ForCausalLM", "LMHeadModel", "ForConditionalGeneration"]
    guard let architecture, ends.contains(where: architecture.hasSuffix) else { return }
    throw .generative(file: file, architecture: architecture)
  }

  private static func architecture(_ file: ConfigurationFile) throws(TransformerError) -> String? {
    try file.read { json throws(JSONError) in try json.optionalStrings("architectures")?.first }
  }

  /// Says what a folder's model is: a classifier where `architectures` names one, and where it names
  /// nothing, a classifier where the weights have a head, or, without weights, where the
  /// configuration has labels.
  ///
  /// - Throws: ``TransformerError`` for a `config.json` that cannot be read.
  public static func kind(of folder: URL) throws(TransformerError) -> Kind {
    guard let file = try ConfigurationFile.ifPresent(folder.appending(path: "config.json")) else {
      return .sentenceEncoder
    }
    if let architecture = try architecture(file) {
      return architecture.hasSuffix("ForSequenceClassification")
        ? .sequenceClassifier : .sentenceEncoder
    }
    let modules = folder.appending(path: "modules.json")
    guard !FileContent.exists(modules) else { return .sentenceEncoder }
    let hasHead: Bool
    if let checkpoint = try? Checkpoint(contentsOf: folder) {
      hasHead = checkpoint.names.contains { $0.hasPrefix("classifier.") || $0.hasPrefix("score.") }
    } else {
      hasHead = file.value["id2label"] != nil || file.value["num_labels"] != nil
    }
    return hasHead ? .sequenceClassifier : .sentenceEncoder
  }
}

extension SentenceTransformerConfiguration.Module {
  var name: String {
    switch self {
    case .pooling(let pooling): pooling.modes.map(\.rawValue).joined(separator: " + ")
    case .dense: "dense"
    case .layerNorm: "layer norm"
    case .normalize: "normalize"
    }
  }
}
