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
