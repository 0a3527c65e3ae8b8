internal import JSON
public import Tensor
public import Tokenizers

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A fine-tuned sequence classifier: tokens to one logit for each label.
///
/// Immutable once loaded; may be called from any number of tasks at once.
public struct SequenceClassifier: Sendable {
  /// What the labels are to each other, and so what becomes of the logits.
  public enum ProblemType: String, Sendable {
    case regression
    case singleLabel = "single_label_classification"
    case multiLabel = "multi_label_classification"
  }

  public let tokenizer: Tokenizer
  public let encoder: Encoder
  /// By `id2label`, in the order of the ids; `LABEL_0`, … where nobody named them.
  public let labels: [String]
  /// nil where `config.json` does not say.
  public let problemType: ProblemType?
  /// The longest text in tokens, special ones included; nil: no limit.
  public let maximumTokens: Int?
  private let head: ClassificationHead

  /// - Throws: ``TransformerError`` that names the file, key or tensor.
  public init(contentsOf folder: URL, processor: Processor = Processor()) throws(TransformerError) {
    let model = try ModelFolder(folder)
    (labels, problemType) = try Self.labels(model.file)
    encoder = try Encoder(model.configuration, model.encoderScope(), processor: processor)
    head = try ClassificationHead(model, labelCount: labels.count)
    do { tokenizer = try Tokenizer(contentsOf: folder) } catch { throw .tokenizer(error) }
    maximumTokens = ModelDescription.maximumTokens(nil, tokenizer, model.configuration)
  }

  /// One logit for each label and message; a message's do not depend on its neighbours.
  public func logits(_ tokens: [[Int32]]) throws(TransformerError) -> [[Float]] {
    try logits(of: tokens.map { TokenSequence($0) })
  }

  /// The same with token types.
  public func logits(of messages: [TokenSequence]) throws(TransformerError) -> [[Float]] {
    var logits = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(of: messages) { index, hidden in
      logits[index] = head(hidden, encoder.processor.kernels)
    }
    return logits
  }

  static func labels(_ file: ConfigurationFile) throws(TransformerError)
    -> (labels: [String], problemType: ProblemType?)
  {
    let read = try file.read { json throws(JSONError) in
      (
        names: try json.optionalObject("id2label"), count: try json.optionalInt("num_labels"),
        type: try json.optionalString("problem_type")
      )
    }
    let count = read.names?.count ?? read.count ?? 2
    guard (1...1 << 20).contains(count) else { throw file.unsupported("num_labels", "\(count)") }
    var labels: [String] = []
    for index in 0..<count {
      switch read.names?["\(index)"] {
      case .string(let name)?: labels.append(name)
      case nil where read.names == nil: labels.append("LABEL_\(index)")
      default: throw file.unsupported("id2label", "has no name for \(index)")
      }
    }
    guard let type = read.type else { return (labels, nil) }
    guard let problemType = ProblemType(rawValue: type) else {
      throw file.unsupported("problem_type", type)
    }
    return (labels, problemType)
  }
}
