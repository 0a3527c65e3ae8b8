import Tensor

/// How the values of a model's last layer become probabilities.
enum OutputFunction: String, Sendable {
  /// One logistic for each output. A single one stands for the second of two classes.
  case logistic
  case softmax
  /// One-vs-rest: logistics, divided by their sum.
  case normalizedLogistic = "normalized_logistic"
  /// One-vs-rest with the loss `modified_huber`: (clip(x, −1, 1) + 1) / 2, divided by their sum.
  case modifiedHuber = "modified_huber"
  /// The model has margins only.
  case none

  /// - Parameter values: [rows, columns]
  /// - Returns: [rows, classes]; empty for ``none``
  func probabilities(_ values: [Double], columns: Int) -> [Double] {
    var result = values
    switch self {
    case .none: return []
    case .logistic: result.apply(.logistic)
    case .softmax: result.applySoftmax(columns: columns)
    case .normalizedLogistic:
      result.apply(.logistic)
      result.normalizeRows(columns: columns)
    case .modifiedHuber:
      for index in result.indices { result[index] = (min(max(result[index], -1), 1) + 1) / 2 }
      if columns > 1 { result.normalizeRows(columns: columns) }
    }
    return columns == 1 ? result.withComplements() : result
  }
}
