/// Independent binary classifiers, each with its own prediction: scikit-learn's
/// `MultiOutputClassifier`.
struct MultiOutput: HeadModel {
  let members: [any HeadModel]

  var inputSize: Int { members.first?.inputSize ?? 0 }
  var classCount: Int { members.count }
  var isMultilabel: Bool { true }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    let count = members.count
    var probabilities = [Double](repeating: 0, count: rows.count * count)
    var decisions = [Bool](repeating: false, count: rows.count * count)
    for (index, member) in members.enumerated() {
      let scores = try member.scores(of: rows)
      for row in 0..<rows.count {
        probabilities[row * count + index] = scores.probabilities[row * 2 + 1]
        decisions[row * count + index] = scores.decisions[row * 2 + 1]
      }
    }
    return RowScores(probabilities: probabilities, decisions: decisions)
  }
}
