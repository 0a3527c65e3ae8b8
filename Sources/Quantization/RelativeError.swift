internal import Tensor

/// The error Σ(y − y′)² / Σ(y − ȳ)², where ȳ is the mean of each column.
///
/// Messages are told apart by what varies between rows. A column with a large mean would otherwise hide
/// what the others lose.
struct RelativeError {
  private var lost = 0.0
  private var whole = 0.0

  mutating func add(_ found: Matrix, exact: Matrix) {
    for column in 0..<exact.columns {
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<exact.rows {
        let value = Double(exact[row, column])
        let difference = Double(found[row, column]) - value
        lost += difference * difference
        sum += value
        squares += value * value
      }
      whole += max(0, squares - sum * sum / Double(max(1, exact.rows)))
    }
  }

  var value: Double { whole > 0 ? lost / whole : 0 }
}
