import Tensor

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

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var values = rows.values
    for (index, layer) in layers.enumerated() {
      values = kernels.dense(values, rows: rows.count, layer)
      if index == 0 { try rows.requireFinite(unless: values, columns: layer.outputs) }
      if index < layers.count - 1 { values.apply(hidden) }
    }
    let probabilities = output.probabilities(values, columns: outputSize)
    // Two classes have one output, the second's.
    let scores = outputSize == 1 ? probabilities.column(1, of: 2) : probabilities
    return RowScores(
      probabilities: probabilities, decisions: rule.decisions(scores, columns: outputSize))
  }
}
