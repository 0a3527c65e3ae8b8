/// Scalers in front of a model: scikit-learn's `Pipeline`.
struct Pipeline: HeadModel {
  let scalers: [Scaler]
  let model: any HeadModel

  var inputSize: Int { scalers.first?.size ?? model.inputSize }
  var classCount: Int { model.classCount }
  var isMultilabel: Bool { model.isMultilabel }
  var responses: Set<Response> { model.responses }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    var rows = rows
    for scaler in scalers { try scaler.apply(to: &rows) }
    return try model.scores(of: rows)
  }
}
