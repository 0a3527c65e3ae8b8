import RealModule

/// A classifier whose logits are multiplied by a fitted factor before the softmax: one fold of
/// scikit-learn's `CalibratedClassifierCV` with the method `temperature`.
///
/// Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks
struct TemperatureScaled: HeadModel {
  let member: any HeadModel
  /// The scores that the factor was fitted on. Margins are logits; of probabilities, the logits are
  /// log(p + 1e-12).
  let response: Response
  /// The inverse of the temperature.
  let beta: Double

  var inputSize: Int { member.inputSize }
  var classCount: Int { member.classCount }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    let scores = try member.scores(of: rows)
    var logits: [Double]
    switch response {
    case .probabilities: logits = scores.probabilities.map { .log($0 + 1e-12) }
    case .margins where classCount == 2: logits = scores.margins.flatMap { [-$0, $0] }
    case .margins: logits = scores.margins
    }
    for index in logits.indices { logits[index] *= beta }
    logits.applySoftmax(columns: classCount)
    return RowScores(
      probabilities: logits,
      decisions: DecisionRule.highest.decisions(logits, columns: classCount))
  }
}
