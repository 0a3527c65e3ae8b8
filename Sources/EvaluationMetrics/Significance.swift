import RealModule

/// McNemar's test of two models on the same rows: is one right where the other is wrong more often
/// than chance would have it? (McNemar, 1947)
public struct McNemarTest: Sendable, Hashable, Codable {
  /// The rows only the first model decides rightly.
  public let onlyFirstRight: Int
  /// The rows only the second model decides rightly.
  public let onlySecondRight: Int
  /// The two-sided p-value: exact binomial up to 25 discordant rows, beyond that chi-square with
  /// Edwards' continuity correction, (|b − c| − 1)² / (b + c).
  public let pValue: Double

  public init(onlyFirstRight: Int, onlySecondRight: Int) {
    self.onlyFirstRight = onlyFirstRight
    self.onlySecondRight = onlySecondRight
    let discordant = onlyFirstRight + onlySecondRight
    if discordant <= 25 {
      pValue = Self.binomialTest(min(onlyFirstRight, onlySecondRight), of: discordant)
    } else {
      let difference = Double(max(abs(onlyFirstRight - onlySecondRight) - 1, 0))
      let statistic = difference * difference / Double(discordant)
      // The survival function of chi-square with one degree of freedom.
      pValue = Double.erfc((statistic / 2).squareRoot())
    }
  }

  /// The test of two lists of decisions.
  public init(first: [Bool], second: [Bool], truths: [Bool]) {
    var (onlyFirst, onlySecond) = (0, 0)
    for ((first, second), truth) in zip(zip(first, second), truths) where first != second {
      if first == truth { onlyFirst += 1 } else { onlySecond += 1 }
    }
    self.init(onlyFirstRight: onlyFirst, onlySecondRight: onlySecond)
  }

  /// The two-sided binomial test of `k` or fewer of `n` at probability ½.
  private static func binomialTest(_ k: Int, of n: Int) -> Double {
    var coefficient = 1.0
    var sum = 0.0
    for i in 0...k {
      sum += coefficient
      coefficient = coefficient * Double(n - i) / Double(i + 1)
    }
    var probability = 2 * sum
    for _ in 0..<n { probability /= 2 }
    return min(1, probability)
  }
}

/// Two models on the same rows: by how much F1 differs, and whether that could be chance.
public struct PairedComparison: Sendable, Hashable, Codable {
  /// One label's difference, second minus first.
  public struct Label: Sendable, Hashable, Codable {
    public let name: String
    public let firstF1: Double
    public let secondF1: Double
    /// The bootstrap interval of the difference.
    public let interval: Bootstrap.Interval
    /// The two-sided bootstrap p-value: twice the smaller share of resamples on one side of 0,
    /// each counted with one added so that it is never 0.
    public let pValue: Double
    public let mcNemar: McNemarTest

    /// second − first.
    public var difference: Double { secondF1 - firstF1 }
  }

  public let labels: [Label]
  /// The macro mean's difference, its interval and p-value.
  public let macroDifference: Double
  public let macroInterval: Bootstrap.Interval
  public let macroPValue: Double

  /// Compares two models by paired resampling: both see the same rows in every resample.
  ///
  /// - Throws: ``EvaluationError/notComparable(_:)`` when labels, rows or truths differ.
  public init(
    first: ScoredRows, firstThresholds: [Double], second: ScoredRows, secondThresholds: [Double],
    bootstrap: Bootstrap = Bootstrap()
  ) throws(EvaluationError) {
    guard first.labels == second.labels else { throw .notComparable("their labels differ") }
    guard first.count == second.count, first.truths == second.truths else {
      throw .notComparable("they were run on different rows")
    }
    let pairs = first.labels.indices.map { label in
      PairedCells(
        first: first, firstThreshold: firstThresholds[label], second: second,
        secondThreshold: secondThresholds[label], label: label)
    }
    var differences = [[Double]](repeating: [], count: pairs.count)
    var macro: [Double] = []
    for resample in 0..<bootstrap.resamples {
      let weights = bootstrap.weights(resample: resample, count: first.count)
      var sum = 0.0
      for (label, pair) in pairs.enumerated() {
        let (a, b) = pair.counts(weights: weights)
        differences[label].append(b.f1 - a.f1)
        sum += b.f1 - a.f1
      }
      macro.append(sum / Double(max(1, pairs.count)))
    }
    let zero = Bootstrap.Interval(lower: 0, upper: 0)
    labels = pairs.enumerated().map { label, pair in
      let (a, b) = pair.counts(weights: nil)
      return Label(
        name: first.labels[label], firstF1: a.f1, secondF1: b.f1,
        interval: bootstrap.interval(of: differences[label]) ?? zero,
        pValue: Self.pValue(differences[label]), mcNemar: pair.mcNemar)
    }
    macroDifference =
      labels.reduce(0) { $0 + $1.difference } / Double(max(1, labels.count))
    macroInterval = bootstrap.interval(of: macro) ?? zero
    macroPValue = Self.pValue(macro)
  }

  private static func pValue(_ differences: [Double]) -> Double {
    let below = differences.count { $0 <= 0 }
    let above = differences.count { $0 >= 0 }
    return min(1, 2 * Double(min(below, above) + 1) / Double(differences.count + 1))
  }
}

/// For each known row of a label: which of the two models flag it, and the truth.
struct PairedCells {
  private let rows: [Int32]
  /// Bit 0: truth, bit 1: first flags, bit 2: second flags.
  private let cells: [UInt8]

  init(
    first: ScoredRows, firstThreshold: Double, second: ScoredRows, secondThreshold: Double,
    label: Int
  ) {
    let truths = first.truths[label]
    rows = (0..<Int32(first.count)).filter { truths[Int($0)] != .unknown }
    cells = rows.map { row in
      (truths[Int(row)] == .positive ? 1 : 0)
        | (first.scores[label][Int(row)] >= Float(firstThreshold) ? 2 : 0)
        | (second.scores[label][Int(row)] >= Float(secondThreshold) ? 4 : 0)
    }
  }

  func counts(weights: [UInt16]?) -> (ConfusionCounts, ConfusionCounts) {
    var totals = [Int](repeating: 0, count: 8)
    for (row, cell) in zip(rows, cells) {
      totals[Int(cell)] += weights.map { Int($0[Int(row)]) } ?? 1
    }
    func counts(bit: Int) -> ConfusionCounts {
      func total(truth: Int, flagged: Int) -> Int {
        (0..<8).reduce(0) { sum, cell in
          (cell & 1 == truth && (cell >> bit) & 1 == flagged) ? sum + totals[cell] : sum
        }
      }
      return ConfusionCounts(
        truePositives: total(truth: 1, flagged: 1), falsePositives: total(truth: 0, flagged: 1),
        falseNegatives: total(truth: 1, flagged: 0), trueNegatives: total(truth: 0, flagged: 0))
    }
    return (counts(bit: 1), counts(bit: 2))
  }

  var mcNemar: McNemarTest {
    McNemarTest(
      first: cells.map { $0 & 2 != 0 }, second: cells.map { $0 & 4 != 0 },
      truths: cells.map { $0 & 1 != 0 })
  }
}
