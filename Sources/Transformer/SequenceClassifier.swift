internal import JSON
public import Platform
public import Tensor
public import Tokenizers

/// A fine-tuned classifier as Hugging Face saves it: encoder, head, labels and tokenizer in a folder.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public final class SequenceClassifier: Sendable {
  /// How logits become scores.
  public enum ProblemType: String, Sendable {
    case singleLabel = "single_label_classification"
    case multiLabel = "multi_label_classification"
    case regression
  }

  public let description: ModelDescription
  /// The names of the classes in the order of the logits: `id2label`.
  public let labels: [String]
  public let problemType: ProblemType
  public let encoder: Encoder
  private let head: ClassificationHead

  /// How a text becomes tokens.
  public var input: ModelTokenizer { description.input }
  public var tokenizer: Tokenizer { description.tokenizer }

  /// - Parameters:
  ///   - adapter: a LoRA adapter that is merged into the weights: the path of its folder, or the name of
  ///     one below the model's `adapters`
  ///   - precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public convenience init(
    contentsOf folder: URL, adapter: String? = nil, precision: Precision? = nil,
    processor: Processor = Processor()
  ) throws(TransformerError) {
    try self.init(
      ModelDescription(contentsOf: folder, as: .sequenceClassifier), adapter: adapter,
      precision: precision, processor: processor)
  }

  /// Loads the weights of a folder that has been read as a classifier.
  init(
    _ description: ModelDescription, adapter: String?, precision: Precision?, processor: Processor
  ) throws(TransformerError) {
    guard let labels = description.labels, let problemType = description.problemType else {
      throw .inconsistent(
        file: description.encoderFolder.path, reason: "has been read as a sentence encoder")
    }
    let model = try ModelFolder(
      description.encoderFolder, adapter: adapter, precision: precision, processor: processor)
    head = try model.head(labels: labels.count)
    encoder = try Encoder(model)
    try model.requireAllConsumed()
    self.description = description
    self.labels = labels
    self.problemType = problemType
  }

  /// One logit for each label, for each message.
  public func logits(of messages: [TokenSequence]) throws(TransformerError) -> [[Float]] {
    var logits = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(of: messages, only: head.onlyToken) { index, hidden in
      logits[index] = head(hidden, on: encoder.processor)
    }
    return logits
  }

  /// Labels of a classifier: each is in every verdict.
  static let mostLabels = 10_000

  /// Names by `id2label`, or `LABEL_0` … where the file has only a count.
  static func labels(_ file: ConfigurationFile) throws(TransformerError) -> [String] {
    let read = try file.read { json throws(JSONError) in
      (
        named: try json.optionalObject("id2label"), count: try json.optionalInt("num_labels") ?? 2
      )
    }
    guard let named = read.named, !named.isEmpty else {
      guard (1...mostLabels).contains(read.count) else {
        throw file.unsupported("num_labels", "\(read.count)")
      }
      return (0..<read.count).map { "LABEL_\($0)" }
    }
    guard named.count <= mostLabels else {
      throw file.unsupported("id2label", "\(named.count) labels")
    }
    var labels = [String?](repeating: nil, count: named.count)
    for (key, value) in named {
      guard let index = Int(key), labels.indices.contains(index) else {
        throw file.unsupported("id2label", key)
      }
      switch value {
      case .string(let name): labels[index] = name
      // Some configurations number their classes.
      case .number(let number): labels[index] = number.text
      default: throw file.unsupported("id2label", key)
      }
    }
    let names = labels.compactMap(\.self)
    guard names.count == labels.count else {
      throw .inconsistent(file: file.path, reason: "id2label has the same number twice")
    }
    return names
  }

  static func problemType(
    _ file: ConfigurationFile, labelCount: Int
  ) throws(TransformerError) -> ProblemType {
    let name = try file.read { json throws(JSONError) in try json.optionalString("problem_type") }
    guard let name else { return labelCount == 1 ? .multiLabel : .singleLabel }
    guard let type = ProblemType(rawValue: name) else {
      throw file.unsupported("problem_type", name)
    }
    return type
  }
}
