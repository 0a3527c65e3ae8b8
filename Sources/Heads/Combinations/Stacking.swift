/// A model over the scores of other models: scikit-learn's `StackingClassifier`.
struct Stacking: HeadModel {
  struct Member: Sendable {
    let model: any HeadModel
    /// The scores that the last model reads.
    let response: Response

    /// Numbers a row that the last model gets of this member.
    var width: Int { model.classCount == 2 ? 1 : model.classCount }
  }

  let members: [Member]
  /// Whether the last model reads the row, too, behind the scores.
  let passesRows: Bool
  let last: any HeadModel

  var inputSize: Int { members.first?.model.inputSize ?? 0 }
  var classCount: Int { last.classCount }
  var responses: Set<Response> { last.responses }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var values = [Double](repeating: 0, count: rows.count * last.inputSize)
    var column = 0
    func append(_ part: [Double], width: Int) {
      for row in 0..<rows.count {
        for index in 0..<width {
          values[row * last.inputSize + column + index] = part[row * width + index]
        }
      }
      column += width
    }
    for member in members {
      let scores = try member.model.scores(of: rows)
      append(
        scores.independent(member.response, classes: member.model.classCount), width: member.width)
    }
    if passesRows { append(rows.values, width: rows.width) }
    return try last.scores(
      of: Rows(
        values: values, count: rows.count, width: last.inputSize, isSinglePrecision: false,
        firstRow: rows.firstRow))
  }
}
