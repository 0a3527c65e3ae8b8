/// A binary classifier with a threshold of its own: scikit-learn's `FixedThresholdClassifier` and
/// `TunedThresholdClassifierCV`. The scores are those of the classifier.
struct Thresholded: HeadModel {
  let member: any HeadModel
  /// The scores that the threshold applies to.
  let response: Response
  /// The class, 0 or 1, that is chosen where its score is at least the threshold.
  let positive: Int
  let threshold: Double

  var inputSize: Int { member.inputSize }
  var classCount: Int { member.classCount }
  var responses: Set<Response> { member.responses }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var scores = try member.scores(of: rows)
    let values: [Double] =
      switch response {
      case .probabilities: scores.probabilities.column(positive, of: 2)
      case .margins: positive == 1 ? scores.margins : scores.margins.map { -$0 }
      }
    scores.decisions = values.flatMap { value in
      let isPositive = value >= threshold
      return positive == 1 ? [!isPositive, isPositive] : [isPositive, !isPositive]
    }
    return scores
  }
}
