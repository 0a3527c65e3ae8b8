/// The weighted mean of the members' probabilities; the highest wins: scikit-learn's soft
/// `VotingClassifier` and the folds of `CalibratedClassifierCV`.
struct Mean: HeadModel {
  let members: [any HeadModel]
  let weights: [Double]

  var inputSize: Int { members.first?.inputSize ?? 0 }
  var classCount: Int { members.first?.classCount ?? 0 }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var sums = [Double](repeating: 0, count: rows.count * classCount)
    for (member, weight) in zip(members, weights) {
      let scores = try member.scores(of: rows)
      for index in sums.indices { sums[index] += weight * scores.probabilities[index] }
    }
    let total = weights.reduce(0, +)
    for index in sums.indices { sums[index] /= total }
    return RowScores(
      probabilities: sums, decisions: DecisionRule.highest.decisions(sums, columns: classCount))
  }
}
