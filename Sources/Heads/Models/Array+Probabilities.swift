import RealModule
import Tensor

/// Functions of the values of heads, in float64, as scikit-learn and LightGBM compute them.
extension [Double] {
  /// Applies a function to every value. Heads have the identity, ReLU, tanh and the logistic.
  mutating func apply(_ activation: Activation) {
    switch activation {
    case .relu: for index in indices { self[index] = Swift.max(self[index], 0) }
    case .tanh: for index in indices { self[index] = .tanh(self[index]) }
    case .logistic: for index in indices { self[index] = self[index].logistic }
    case .none, .gelu, .geluTanh, .silu: break
    }
  }

  /// Replaces each row of so many columns by e^x over the sum of them.
  mutating func applySoftmax(columns: Int) {
    for row in stride(from: 0, to: count, by: columns) {
      var largest = self[row]
      for index in row + 1..<row + columns { largest = Swift.max(largest, self[index]) }
      var sum = 0.0
      for index in row..<row + columns {
        self[index] = .exp(self[index] - largest)
        sum += self[index]
      }
      for index in row..<row + columns { self[index] /= sum }
    }
  }

  /// Divides each row of so many columns by its sum. A row of zeros becomes uniform: no class is
  /// better than another.
  mutating func normalizeRows(columns: Int) {
    for row in stride(from: 0, to: count, by: columns) {
      let sum = self[row..<row + columns].reduce(0, +)
      for index in row..<row + columns {
        self[index] = sum == 0 ? 1 / Double(columns) : self[index] / sum
      }
    }
  }

  /// [1 − p, p] for each p.
  func withComplements() -> [Double] {
    var pairs: [Double] = []
    pairs.reserveCapacity(count * 2)
    for value in self {
      pairs.append(1 - value)
      pairs.append(value)
    }
    return pairs
  }
}

extension Double {
  /// 1 / (1 + e^−x)
  var logistic: Double { 1 / (1 + .exp(-self)) }
}
