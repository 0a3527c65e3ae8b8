import Moderation

/// Two models, or one model in two precisions, on the same rows.
public struct RunComparison: Sendable, Hashable {
  /// The distances between the scores of two runs under one label.
  public struct Agreement: Sendable, Hashable {
    public let label: String
    /// Over all rows, annotated or not.
    public let meanDifference: Double
    public let largestDifference: Double
    /// Rows on which the two decide differently.
    public let flipped: Int
    public let rows: Int
    /// Pairs of scores, first and second, of at most `mostPoints` rows spread
    /// evenly over the data.
    public let points: [Point]

    public struct Point: Sendable, Hashable {
      public let first: Double
      public let second: Double
    }
  }

  /// One label in one slice.
  public struct SliceDifference: Sendable, Hashable {
    public let field: String
    public let value: String
    public let label: String
    /// Accuracies over the rows of the slice.
    public let first: Double
    public let second: Double
    public let rows: Int
    public let test: McNemarTest
  }

  static let mostPoints = 400

  public let first: String
  public let second: String
  /// Of the labels that both have and the data knows.
  public let paired: PairedComparison
  /// Of all labels that both have: how near two models are needs no annotation.
  public let agreements: [Agreement]
  /// Slices on which the two differ at all, most significant first.
  public let slices: [SliceDifference]

  /// Compares two evaluations of the same data; the first is the reference.
  ///
  /// - Parameters:
  ///   - first: name, raw rows and operating points of the reference.
  ///   - second: the same of the other.
  /// - Throws: ``EvaluationError/notComparable(_:)``.
  public init(
    first: (name: String, rows: ScoredRows, points: [OperatingPoint]),
    second: (name: String, rows: ScoredRows, points: [OperatingPoint]),
    bootstrap: Bootstrap = Bootstrap()
  ) throws(EvaluationError) {
    // Models may have other labels besides.
    let shared = first.rows.labels.indices.filter {
      second.rows.labels.contains(first.rows.labels[$0])
    }
    let other = shared.compactMap { second.rows.labels.firstIndex(of: first.rows.labels[$0]) }
    let firstPoints = shared.map { first.points[$0] }
    let secondPoints = other.map { second.points[$0] }
    let wholeFirst = first.rows.selecting(shared).calibrated(by: firstPoints)
    let wholeSecond = second.rows.selecting(other).calibrated(by: secondPoints)
    let annotated = wholeFirst.annotatedLabels
    guard !annotated.isEmpty else { throw .notComparable("they share no annotated label") }
    let a = wholeFirst.selecting(annotated)
    let b = wholeSecond.selecting(annotated)
    let firstThresholds = annotated.map { firstPoints[$0].threshold }
    let secondThresholds = annotated.map { secondPoints[$0].threshold }
    self.first = first.name
    self.second = second.name
    paired = try PairedComparison(
      first: a, firstThresholds: firstThresholds, second: b, secondThresholds: secondThresholds,
      bootstrap: bootstrap)
    agreements = wholeFirst.labels.indices.map { label in
      Self.agreement(
        wholeFirst, wholeSecond, label, firstPoints.map(\.threshold),
        secondPoints.map(\.threshold))
    }
    slices = Self.slices(a, b, firstThresholds, secondThresholds)
  }

  /// The number of decisions that differ, in words.
  public var flips: String {
    let flipped = agreements.reduce(0) { $0 + $1.flipped }
    let all = agreements.reduce(0) { $0 + $1.rows }
    return "\(grouped(flipped)) of \(grouped(all)) decisions flip, "
      + "\(percent(ratio(flipped, all), 3))."
  }

  private static func agreement(
    _ a: ScoredRows, _ b: ScoredRows, _ label: Int, _ firstThresholds: [Double],
    _ secondThresholds: [Double]
  ) -> Agreement {
    var sum = 0.0
    var largest = 0.0
    var flipped = 0
    for row in 0..<a.count {
      let difference = abs(Double(a.scores[label][row]) - Double(b.scores[label][row]))
      sum += difference
      largest = max(largest, difference)
      let isSame =
        a.isFlagged(row, label, firstThresholds) == b.isFlagged(row, label, secondThresholds)
      flipped += isSame ? 0 : 1
    }
    let step = max(1, a.count / mostPoints)
    return Agreement(
      label: a.labels[label], meanDifference: a.count == 0 ? 0 : sum / Double(a.count),
      largestDifference: largest, flipped: flipped, rows: a.count,
      points: stride(from: 0, to: a.count, by: step).map {
        .init(first: Double(a.scores[label][$0]), second: Double(b.scores[label][$0]))
      })
  }

  private static func slices(
    _ a: ScoredRows, _ b: ScoredRows, _ firstThresholds: [Double], _ secondThresholds: [Double]
  ) -> [SliceDifference] {
    a.fields.flatMap { field in
      a.slices(by: field).flatMap { slice in
        a.labels.indices.compactMap { label -> SliceDifference? in
          let known = slice.rows.filter { a.truths[label][$0] != .unknown }
          let test = McNemarTest(
            first: known.map { a.isFlagged($0, label, firstThresholds) },
            second: known.map { b.isFlagged($0, label, secondThresholds) },
            truths: known.map { a.truths[label][$0] == .positive })
          guard test.onlyFirstRight + test.onlySecondRight > 0 else { return nil }
          return SliceDifference(
            field: field, value: slice.value, label: a.labels[label],
            first: a.counts(thresholds: firstThresholds, rows: known)[label].accuracy,
            second: b.counts(thresholds: secondThresholds, rows: known)[label].accuracy,
            rows: known.count, test: test)
        }
      }
    }
    .sorted { ($0.test.pValue, $0.value, $0.label) < ($1.test.pValue, $1.value, $1.label) }
  }
}
