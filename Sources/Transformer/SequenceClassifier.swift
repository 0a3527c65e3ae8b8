internal import JSON
public import Tensor
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

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

  /// In the order of the logits: `id2label`.
  public let labels: [String]
  public let problemType: ProblemType
  public let tokenizer: Tokenizer
  public let encoder: Encoder
  /// The longest message, special tokens included.
  public let maximumTokens: Int?
  private let head: ClassificationHead

  /// - Parameter precision: nil: int8 if the weights are prepared for it, else float32
  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public init(
    contentsOf folder: URL, precision: Precision? = nil, processor: Processor = Processor()
  ) throws(TransformerError) {
    let model = try ModelFolder(folder, precision: precision, processor: processor)
    labels = try Self.labels(model.file)
    problemType = try Self.problemType(model.file, labelCount: labels.count)
    head = try model.head(labels: labels.count)
    encoder = try Encoder(model)
    try model.requireAllConsumed()
    do { tokenizer = try Tokenizer(contentsOf: folder) } catch { throw .tokenizer(error) }
    maximumTokens = [encoder.shape.maximumTokens, tokenizer.modelMaximumLength]
      .compactMap(\.self).min()
  }

  /// One logit for each label, for each message.
  public func logits(of messages: [TokenSequence]) throws(TransformerError) -> [[Float]] {
    var logits = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(of: messages, only: head.onlyToken) { index, hidden in
      logits[index] = head(hidden, on: encoder.processor)
    }
    return logits
  }

  /// Scores in 0...1 from logits: a logistic function for each label where several may hold or there
  /// is only one, softmax where one of several holds. Regression keeps its values.
  public func scores(fromLogits logits: [Float]) -> [Float] {
    let values = Matrix(logits, rows: 1, columns: logits.count)
    switch problemType {
    case .regression: return logits
    case .multiLabel: encoder.processor.kernels.activate(values, .logistic)
    case .singleLabel where logits.count == 1: encoder.processor.kernels.activate(values, .logistic)
    case .singleLabel: encoder.processor.kernels.softmax(values)
    }
    return values[row: 0]
  }

  /// Names by `id2label`, or `LABEL_0` … where the file has only a count.
  static func labels(_ file: ConfigurationFile) throws(TransformerError) -> [String] {
    let read = try file.read { json throws(JSONError) in
      (
        named: try json.optionalObject("id2label"), count: try json.optionalInt("num_labels") ?? 2
      )
    }
    guard let named = read.named, !named.isEmpty else {
      guard read.count > 0, read.count < 1 << 20 else {
        throw file.unsupported("num_labels", "\(read.count)")
      }
      return (0..<read.count).map { "LABEL_\($0)" }
    }
    var labels = [String?](repeating: nil, count: named.count)
    for (key, value) in named {
      guard let index = Int(key), labels.indices.contains(index), case .string(let name) = value
      else { throw file.unsupported("id2label", key) }
      labels[index] = name
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
