internal import Tensor

/// How near embeddings of rounded weights are to the exact ones, by their cosines.
public struct Agreement: Sendable {
  private var cosines: [Double] = []

  public init() {}

  /// Takes one more text.
  public mutating func add(_ found: [Float], exact: [Float]) {
    cosines.append(Self.cosine(found, exact))
  }

  /// Texts taken.
  public var count: Int { cosines.count }

  /// 1 without any text.
  public var mean: Double {
    cosines.isEmpty ? 1 : cosines.reduce(0, +) / Double(cosines.count)
  }

  /// 1 without any text.
  public var minimum: Double { cosines.min() ?? 1 }

  /// Texts that the calibration lacks do a little worse, so this is a little more than is promised of
  /// them: 0.9993 on average, and none below 0.998.
  var isEnough: Bool { mean >= 0.9995 && minimum >= 0.9985 }

  /// The mean of a message's hidden states.
  static func embedding(_ hidden: Matrix) -> [Float] {
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
