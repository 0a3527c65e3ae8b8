/// A block of rows on its way through a head.
struct Rows: Sendable {
  /// [count, width], row by row.
  var values: [Double]
  let count: Int
  let width: Int
  /// The values are float32 that were widened: scikit-learn would keep them so through a scaler.
  let isSinglePrecision: Bool
  /// The number of the first row in the caller's batch, for messages.
  let firstRow: Int

  /// An error for the first value that is NaN (unless allowed) or infinite.
  func requireFinite(allowingNaN: Bool = false) throws(HeadError) {
    for index in 0..<count * width {
      let value = values[index]
      guard value.isFinite || (allowingNaN && value.isNaN) else {
        throw .notFinite(row: firstRow + index / width, column: index % width)
      }
    }
  }
}

/// What a head makes of a block of rows.
struct Evaluation: Sendable {
  /// [rows, classes]
  var probabilities: [Double]
  /// What scikit-learn's `decision_function` gives: [rows, 1] for two classes, else
  /// [rows, classes]; nil for estimators that have none.
  var margins: [Double]?
  /// What `predict` gives, as flags: [rows, classes].
  var decisions: [Bool]
}

/// One estimator or a combination of some. Rows of a block are scored independently of each other.
protocol HeadModel: Sendable {
  var inputSize: Int { get }
  /// Columns of the probabilities; two for a binary classifier.
  var classCount: Int { get }
  var isMultilabel: Bool { get }
  /// Whether `Evaluation.margins` is there.
  var hasMargins: Bool { get }
  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation
}

extension HeadModel {
  var isMultilabel: Bool { false }
  var hasMargins: Bool { false }
}

/// How scores become a prediction. It is written into `head.json`, strictness included.
enum DecisionRule: Sendable, Equatable {
  /// The class with the highest score; the first of equals.
  case highest
  /// A class is chosen if its score is above the value, strictly.
  case above(Double)

  /// - Parameter scores: [rows, columns]. One column stands for the second of two classes.
  func decisions(_ scores: [Double], columns: Int) -> [Bool] {
    switch self {
    case .above(let value) where columns == 1:
      return scores.flatMap { [!($0 > value), $0 > value] }
    case .above(let value): return scores.map { $0 > value }
    case .highest:
      var decisions = [Bool](repeating: false, count: scores.count)
      for row in stride(from: 0, to: scores.count, by: columns) {
        var best = row
        for index in row..<row + columns where scores[index] > scores[best] { best = index }
        decisions[best] = true
      }
      return decisions
    }
  }
}
