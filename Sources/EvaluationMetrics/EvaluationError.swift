/// An error in the data of an evaluation, or in what was asked of it.
public enum EvaluationError: Error, Sendable, Hashable {
  /// A row came with another number of scores than there are labels.
  case wrongScoreCount(expected: Int, found: Int)
  /// Two sets of rows that are to be compared differ in what the reason says.
  case notComparable(String)
  /// A label that neither the model nor the data knows.
  case unknownLabel(String, known: [String])
  /// A file holds something other than what it should; the reason names the place.
  case malformed(file: String, reason: String)
  /// The rows are too few, or all of one kind, for what was asked.
  case notEnoughRows(String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongScoreCount(let expected, let found):
      "a row has \(found) scores where there are \(expected) labels"
    case .notComparable(let reason): "the two runs cannot be compared: \(reason)"
    case .unknownLabel(let name, let known):
      "there is no label \"\(name)\"; the labels are \(known.joined(separator: ", "))"
    case .malformed(let file, let reason): "\(file): \(reason)"
    case .notEnoughRows(let reason): reason
    }
  }
}
