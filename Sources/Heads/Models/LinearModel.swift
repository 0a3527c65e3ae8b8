import Tensor

/// scikit-learn's `LogisticRegression` and the other linear classifiers.
///
/// scikit-learn multiplies in the wider of the types of rows and weights. float64 for both is never
/// less exact, and equal where one of them is float64.
struct LinearModel: HeadModel {
  let kernels: Kernels
  let layer: DenseWeights64
  let output: OutputFunction
  /// The rule applies to the margins, not the probabilities: a tiny positive margin rounds to
  /// probability 0.5.
  let rule: DecisionRule

  var inputSize: Int { layer.inputs }
  var classCount: Int { max(2, layer.outputs) }
  var responses: Set<Response> { output == .none ? [.margins] : [.margins, .probabilities] }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    let margins = kernels.dense(rows.values, rows: rows.count, layer)
    try rows.requireFinite(unless: margins, columns: layer.outputs)
    return RowScores(
      probabilities: output.probabilities(margins, columns: layer.outputs), margins: margins,
      decisions: rule.decisions(margins, columns: layer.outputs))
  }
}
