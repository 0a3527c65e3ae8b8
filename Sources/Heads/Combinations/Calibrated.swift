/// A classifier whose scores go through a fitted curve for each class: one fold of scikit-learn's
/// `CalibratedClassifierCV` with the method `sigmoid` or `isotonic`.
struct Calibrated: HeadModel {
  let member: any HeadModel
  /// The scores that the curves were fitted on.
  let response: Response
  /// One for two classes (for the second), else one for each class.
  let calibrators: [Calibrator]

  var inputSize: Int { member.inputSize }
  var classCount: Int { member.classCount }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var values = try member.scores(of: rows).independent(response, classes: classCount)
    for index in values.indices {
      values[index] = calibrators[index % calibrators.count](values[index])
    }
    var probabilities = classCount == 2 ? values.withComplements() : values
    if classCount > 2 { probabilities.normalizeRows(columns: classCount) }
    // scikit-learn, too, cuts probabilities that rounding made a little greater than 1.
    for index in probabilities.indices
    where probabilities[index] > 1 && probabilities[index] <= 1 + 1e-5 {
      probabilities[index] = 1
    }
    return RowScores(
      probabilities: probabilities,
      decisions: DecisionRule.highest.decisions(probabilities, columns: classCount))
  }
}
