/// One estimator or a combination of some. Rows of a block are scored independently of each other.
protocol HeadModel: Sendable {
  var inputSize: Int { get }
  /// Columns of the probabilities; two for a binary classifier.
  var classCount: Int { get }
  var isMultilabel: Bool { get }
  /// Which scores the model has.
  var responses: Set<Response> { get }
  func scores(of rows: Rows) throws(HeadError) -> RowScores
}

extension HeadModel {
  var isMultilabel: Bool { false }
  var responses: Set<Response> { [.probabilities] }
}

/// The scores of an estimator that a combination reads, by the names of scikit-learn's methods.
enum Response: String, Sendable, CaseIterable {
  case margins = "decision_function"
  case probabilities = "predict_proba"
}

/// The scores and predictions of a block of rows. Scores that the model does not have are empty.
struct RowScores: Sendable {
  /// [rows, classes]
  var probabilities: [Double] = []
  /// [rows, 1] for two classes, else [rows, classes].
  var margins: [Double] = []
  /// The classes that `predict` chooses: [rows, classes].
  var decisions: [Bool]

  /// The scores that tell the classes apart: [rows, 1] for two classes, of the second one, else
  /// [rows, classes].
  func independent(_ response: Response, classes: Int) -> [Double] {
    switch response {
    case .margins: margins
    case .probabilities: classes == 2 ? probabilities.column(1, of: 2) : probabilities
    }
  }
}

extension [Double] {
  /// One column of a [rows, columns] matrix.
  func column(_ column: Int, of columns: Int) -> [Double] {
    stride(from: column, to: count, by: columns).map { self[$0] }
  }
}
