internal import RealModule
internal import Tensor

/// The cosines between the embeddings that rounded weights give and those of the exact weights.
public struct Agreement: Sendable {
  private var cosines: [Double] = []

  public init() {}

  /// Adds the embeddings of one more text.
  public mutating func add(_ found: [Float], exact: [Float]) {
    cosines.append(Self.cosine(found, exact))
  }

  /// The number of texts.
  public var count: Int { cosines.count }

  /// 1 without any text.
  public var mean: Double {
    cosines.isEmpty ? 1 : cosines.reduce(0, +) / Double(cosines.count)
  }

  /// 1 without any text.
  public var minimum: Double { cosines.min() ?? 1 }

  /// The lowest cosine to expect of ten times as many texts.
  ///
  /// The greatest losses 1 − cosine are the tail of a Pareto distribution, and Hill's estimator gives
  /// its exponent (1975, doi:10.1214/aos/1176343247). If a few texts lose far more than the others, some
  /// of ten times as many texts will lose more still.
  var expectedMinimum: Double {
    let losses = cosines.map { max(1 - $0, 1e-9) }.sorted(by: >)
    let count = min(losses.count - 1, max(10, losses.count / 20))
    guard count > 0 else { return minimum }
    let slope = losses[..<count].reduce(0) { $0 + Double.log($1 / losses[count]) } / Double(count)
    return 1 - losses[0] * Double.pow(10, slope)
  }

  var isEnough: Bool { mean >= 0.9995 && expectedMinimum >= 0.998 }

  /// The mean of a message's hidden states, or the last of them, where the model reads no other.
  static func embedding(_ hidden: Matrix, lastToken: Bool) -> [Float] {
    if lastToken, hidden.rows > 0 { return Array(hidden[row: hidden.rows - 1]) }
    var sum = [Float](repeating: 0, count: hidden.columns)
    for row in 0..<hidden.rows {
      for (column, value) in hidden[row: row].enumerated() { sum[column] += value }
    }
    return sum.map { $0 / Float(max(1, hidden.rows)) }
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (a, b) in zip(a, b) {
      product += Double(a) * Double(b)
      first += Double(a) * Double(a)
      second += Double(b) * Double(b)
    }
    return product / max(1e-300, (first * second).squareRoot())
  }
}
