import RealModule
import Transformer

extension ModelReference {
  /// The function that turns a classifier's logits into scores.
  public enum ScoreFunction: String, Sendable, Hashable, CaseIterable {
    case sigmoid, softmax, identity
  }
}

extension ModelReference.ScoreFunction {
  /// The function that transformers' pipelines take by the model's `problem_type`.
  static func standard(for classifier: SequenceClassifier) -> Self {
    switch classifier.problemType {
    case .regression: .identity
    case .multiLabel: .sigmoid
    case .singleLabel: classifier.labels.count == 1 ? .sigmoid : .softmax
    }
  }

  /// The scores of one text's logits.
  func callAsFunction(_ logits: [Float]) -> [Double] {
    switch self {
    case .identity: return logits.map(Double.init)
    case .sigmoid: return logits.map { 1 / (1 + .exp(-Double($0))) }
    case .softmax:
      // Less the largest, so that nothing overflows.
      let largest = Double(logits.max() ?? 0)
      let powers = logits.map { Double.exp(Double($0) - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}
