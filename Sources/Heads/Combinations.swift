/// Scalers in front of a model: scikit-learn's `Pipeline`.
struct Pipeline: HeadModel {
  let scalers: [Scaler]
  let model: any HeadModel

  var inputSize: Int { scalers.first?.size ?? model.inputSize }
  var classCount: Int { model.classCount }
  var isMultilabel: Bool { model.isMultilabel }
  var hasMargins: Bool { model.hasMargins }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    var rows = rows
    for scaler in scalers { try scaler.apply(to: &rows) }
    return try model.evaluate(rows)
  }
}

/// (x − center) / scale, for each column: scikit-learn's `StandardScaler`, `RobustScaler` and
/// `MaxAbsScaler`. Either part may be off. NaN passes, as there; infinities are errors.
struct Scaler: Sendable {
  let size: Int
  let center: [Double]?
  let scale: [Double]?

  func apply(to rows: inout Rows) throws(HeadError) {
    try rows.requireFinite(allowingNaN: true)
    let width = rows.width
    for row in 0..<rows.count {
      for column in 0..<width {
        let index = row * width + column
        var value = rows.values[index]
        if rows.isSinglePrecision {
          // scikit-learn keeps float32 rows in float32: it rounds the parameters and each result.
          if let center { value = Double(Float(value) - Float(center[column])) }
          if let scale { value = Double(Float(value) / Float(scale[column])) }
        } else {
          if let center { value -= center[column] }
          if let scale { value /= scale[column] }
        }
        rows.values[index] = value
      }
    }
  }
}

/// One binary classifier for each class: scikit-learn's `OneVsRestClassifier`, for classes that
/// exclude each other (`isMultilabel` false: probabilities are divided by their sum) or labels that
/// do not.
struct OneVsRest: HeadModel {
  let members: [any HeadModel]
  let isMultilabel: Bool
  /// `highest`, or the threshold on a member's margin or, if it has none, its probability.
  let rule: DecisionRule

  var inputSize: Int { members.first?.inputSize ?? 0 }
  /// A single member that is no label of its own stands for the second of two classes.
  var classCount: Int { isMultilabel ? members.count : max(2, members.count) }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    let count = members.count
    var probabilities = [Double](repeating: 0, count: rows.count * count)
    var scores = probabilities
    for (index, member) in members.enumerated() {
      let evaluation = try member.evaluate(rows)
      for row in 0..<rows.count {
        let probability = evaluation.probabilities[row * 2 + 1]
        probabilities[row * count + index] = probability
        scores[row * count + index] = evaluation.margins?[row] ?? probability
      }
    }
    if isMultilabel {
      let decisions =
        count == 1
        ? scores.map { rule.decisions([$0], columns: 1)[1] }
        : rule.decisions(scores, columns: count)
      return Evaluation(probabilities: probabilities, margins: nil, decisions: decisions)
    }
    if count == 1 { probabilities = Elementary.complemented(probabilities) }
    for row in stride(from: 0, to: probabilities.count, by: classCount) {
      let sum = probabilities[row..<row + classCount].reduce(0, +)
      // All zero stay zero, as in scikit-learn.
      guard sum != 0 else { continue }
      for index in row..<row + classCount { probabilities[index] /= sum }
    }
    return Evaluation(
      probabilities: probabilities, margins: nil,
      decisions: rule.decisions(scores, columns: count))
  }
}

/// Independent binary classifiers, each with its own prediction: scikit-learn's
/// `MultiOutputClassifier`.
struct MultiOutput: HeadModel {
  let members: [any HeadModel]

  var inputSize: Int { members.first?.inputSize ?? 0 }
  var classCount: Int { members.count }
  var isMultilabel: Bool { true }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    let count = members.count
    var probabilities = [Double](repeating: 0, count: rows.count * count)
    var decisions = [Bool](repeating: false, count: rows.count * count)
    for (index, member) in members.enumerated() {
      let evaluation = try member.evaluate(rows)
      for row in 0..<rows.count {
        probabilities[row * count + index] = evaluation.probabilities[row * 2 + 1]
        decisions[row * count + index] = evaluation.decisions[row * 2 + 1]
      }
    }
    return Evaluation(probabilities: probabilities, margins: nil, decisions: decisions)
  }
}

/// The weighted mean of the members' probabilities; the highest wins: scikit-learn's soft
/// `VotingClassifier` and the folds of `CalibratedClassifierCV`.
struct Mean: HeadModel {
  let members: [any HeadModel]
  let weights: [Double]

  var inputSize: Int { members.first?.inputSize ?? 0 }
  var classCount: Int { members.first?.classCount ?? 0 }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    var sums = [Double](repeating: 0, count: rows.count * classCount)
    for (member, weight) in zip(members, weights) {
      let evaluation = try member.evaluate(rows)
      for index in sums.indices { sums[index] += weight * evaluation.probabilities[index] }
    }
    let total = weights.reduce(0, +)
    for index in sums.indices { sums[index] /= total }
    return Evaluation(
      probabilities: sums, margins: nil,
      decisions: DecisionRule.highest.decisions(sums, columns: classCount))
  }
}

/// A classifier whose margins (or probabilities, if it has none) go through a fitted curve for each
/// class: one fold of scikit-learn's `CalibratedClassifierCV`.
struct Calibrated: HeadModel {
  let member: any HeadModel
  /// One for two classes (for the second), else one for each class.
  let calibrators: [Calibrator]

  var inputSize: Int { member.inputSize }
  var classCount: Int { member.classCount }

  func evaluate(_ rows: Rows) throws(HeadError) -> Evaluation {
    let evaluation = try member.evaluate(rows)
    var probabilities: [Double]
    if classCount == 2 {
      let scores = evaluation.margins ?? evaluation.probabilities.column(1, of: 2)
      probabilities = Elementary.complemented(scores.map { calibrators[0]($0) })
    } else {
      probabilities = evaluation.margins ?? evaluation.probabilities
      for row in stride(from: 0, to: probabilities.count, by: classCount) {
        for index in 0..<classCount {
          probabilities[row + index] = calibrators[index](probabilities[row + index])
        }
        let sum = probabilities[row..<row + classCount].reduce(0, +)
        for index in row..<row + classCount {
          probabilities[index] = sum == 0 ? 1 / Double(classCount) : probabilities[index] / sum
        }
      }
    }
    // As there: a sum that rounds a little above 1.
    for index in probabilities.indices
    where probabilities[index] > 1 && probabilities[index] <= 1 + 1e-5 {
      probabilities[index] = 1
    }
    return Evaluation(
      probabilities: probabilities, margins: nil,
      decisions: DecisionRule.highest.decisions(probabilities, columns: classCount))
  }
}

/// From a score to a probability.
enum Calibrator: Sendable {
  /// 1 / (1 + e^(a·x + b)): Platt's.
  case sigmoid(slope: Double, intercept: Double)
  /// Straight lines between points that rise in x; constant beyond them.
  case isotonic(x: [Double], y: [Double])

  func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .sigmoid(let slope, let intercept):
      return Elementary.logistic(-(slope * score + intercept))
    case .isotonic(let x, let y):
      guard x.count > 1 else { return y[0] }
      let score = min(max(score, x[0]), x[x.count - 1])
      // The first point at or above the score, but not the first of all.
      var low = 0
      var high = x.count
      while low < high {
        let middle = (low + high) / 2
        if x[middle] < score { low = middle + 1 } else { high = middle }
      }
      let upper = min(max(low, 1), x.count - 1)
      let slope = (y[upper] - y[upper - 1]) / (x[upper] - x[upper - 1])
      return slope * (score - x[upper - 1]) + y[upper - 1]
    }
  }
}
