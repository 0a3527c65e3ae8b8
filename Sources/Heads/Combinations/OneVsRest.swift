/// One binary classifier for each class: scikit-learn's `OneVsRestClassifier`, for classes that
/// exclude each other (`isMultilabel` false: probabilities are divided by their sum) or labels that
/// do not.
struct OneVsRest: HeadModel {
  let members: [any HeadModel]
  let isMultilabel: Bool
  /// The scores of the members that the rule applies to.
  let response: Response
  let rule: DecisionRule

  var inputSize: Int { members.first?.inputSize ?? 0 }
  /// A single member that is no label of its own stands for the second of two classes.
  var classCount: Int { isMultilabel ? members.count : max(2, members.count) }
  var responses: Set<Response> {
    response == .margins && !isMultilabel ? [.margins, .probabilities] : [.probabilities]
  }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    let count = members.count
    var probabilities = [Double](repeating: 0, count: rows.count * count)
    var scores = probabilities
    for (index, member) in members.enumerated() {
      let found = try member.scores(of: rows)
      let deciding = found.independent(response, classes: 2)
      for row in 0..<rows.count {
        probabilities[row * count + index] = found.probabilities[row * 2 + 1]
        scores[row * count + index] = deciding[row]
      }
    }
    if isMultilabel {
      let decisions =
        count == 1
        ? scores.map { rule.decisions([$0], columns: 1)[1] }
        : rule.decisions(scores, columns: count)
      return RowScores(probabilities: probabilities, decisions: decisions)
    }
    if count == 1 { probabilities = probabilities.withComplements() }
    for row in stride(from: 0, to: probabilities.count, by: classCount) {
      let sum = probabilities[row..<row + classCount].reduce(0, +)
      // All zero stay zero, as in scikit-learn.
      guard sum != 0 else { continue }
      for index in row..<row + classCount { probabilities[index] /= sum }
    }
    return RowScores(
      probabilities: probabilities, margins: response == .margins ? scores : [],
      decisions: rule.decisions(scores, columns: count))
  }
}
