internal import Tensor

/// A function applied to every output of a layer.
enum Activation: String, Sendable {
  case identity, logistic, tanh, relu

  func apply(_ values: inout [Double]) {
    switch self {
    case .identity: break
    case .logistic:
      for index in values.indices { values[index] = Elementary.logistic(values[index]) }
    case .tanh:
      for index in values.indices { values[index] = Elementary.hyperbolicTangent(values[index]) }
    case .relu: for index in values.indices { values[index] = max(values[index], 0) }
    }
  }
}

/// How the last layer's values become probabilities.
enum OutputFunction: String, Sendable {
  /// One logistic for each output. A single one stands for the second of two classes.
  case logistic
  case softmax
  /// Logistics, divided by their sum: one-vs-rest.
  case normalizedLogistic = "normalized_logistic"

  func apply(_ values: [Double], columns: Int) -> [Double] {
    var result = values
    switch self {
    case .logistic: Activation.logistic.apply(&result)
    case .softmax: Elementary.softmax(&result, columns: columns)
    case .normalizedLogistic:
      Activation.logistic.apply(&result)
      for row in stride(from: 0, to: result.count, by: columns) {
        let sum = result[row..<row + columns].reduce(0, +)
        for index in row..<row + columns {
          // All zero: no class is better than another.
          result[index] = sum == 0 ? 1 / Double(columns) : result[index] / sum
        }
      }
    }
    return columns == 1 ? Elementary.complemented(result) : result
  }
}

/// scikit-learn's `LogisticRegression` and what predicts like it.
///
/// scikit-learn multiplies in the wider of the types of rows and weights. float64 for both is never less
/// exact, and equal where one of them is float64.
struct LinearModel: HeadModel {
  let kernels: Kernels
  let layer: DenseWeights64
  let output: OutputFunction
  /// On the margins, not the probabilities: a tiny positive margin rounds to probability 0.5.
  let rule: DecisionRule

  var inputSize: Int { layer.inputs }
  var classCount: Int { max(2, layer.outputs) }
  var hasMargins: Bool { true }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    try rows.requireFinite()
    let margins = kernels.dense(rows.values, rows: rows.count, layer)
    return Evaluation(
      probabilities: output.apply(margins, columns: layer.outputs), margins: margins,
      decisions: rule.decisions(margins, columns: layer.outputs))
  }
}

/// scikit-learn's `MLPClassifier`.
struct MultilayerPerceptron: HeadModel {
  let kernels: Kernels
  let layers: [DenseWeights64]
  let hidden: Activation
  let output: OutputFunction
  let rule: DecisionRule
  let isMultilabel: Bool
  let inputSize: Int
  let outputSize: Int

  var classCount: Int { max(2, outputSize) }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    try rows.requireFinite()
    var values = rows.values
    for (index, layer) in layers.enumerated() {
      values = kernels.dense(values, rows: rows.count, layer)
      if index < layers.count - 1 { hidden.apply(&values) }
    }
    let probabilities = output.apply(values, columns: outputSize)
    // Two classes have one output, the second's.
    let scores = outputSize == 1 ? probabilities.column(1, of: 2) : probabilities
    return Evaluation(
      probabilities: probabilities, margins: nil,
      decisions: rule.decisions(scores, columns: outputSize))
  }
}

extension [Double] {
  /// One column of a [rows, columns] matrix.
  func column(_ column: Int, of columns: Int) -> [Double] {
    stride(from: column, to: count, by: columns).map { self[$0] }
  }
}
