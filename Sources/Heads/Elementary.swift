#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The functions of heads, in float64, as scikit-learn and LightGBM compute them.
enum Elementary {
  /// 1 / (1 + e^−x)
  static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static func exponential(_ x: Double) -> Double { exp(x) }

  /// log(1 + e^x), as LightGBM has it: infinite where e^x is.
  static func softplus(_ x: Double) -> Double { log1p(exp(x)) }

  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

  /// e^x over the sum of them, for each row of so many columns.
  static func softmax(_ values: inout [Double], columns: Int) {
    for row in stride(from: 0, to: values.count, by: columns) {
      var largest = values[row]
      for index in row + 1..<row + columns { largest = max(largest, values[index]) }
      var sum = 0.0
      for index in row..<row + columns {
        values[index] = exp(values[index] - largest)
        sum += values[index]
      }
      for index in row..<row + columns { values[index] /= sum }
    }
  }

  /// [1 − p, p] for each p.
  static func complemented(_ values: [Double]) -> [Double] {
    var pairs: [Double] = []
    pairs.reserveCapacity(values.count * 2)
    for value in values {
      pairs.append(1 - value)
      pairs.append(value)
    }
    return pairs
  }
}
