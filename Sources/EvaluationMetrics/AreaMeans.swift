/// AUC and average precision of several labels as one number each.
public struct AreaMeans: Sendable, Hashable, Codable {
  /// The three ways to take the mean, as `average=` of scikit-learn has them.
  ///
  /// Labels without a value, those with one class only, are left out (scikit-learn gives NaN
  /// then); a mean without any value is nil.
  public struct Means: Sendable, Hashable, Codable {
    public let macro: Double?
    /// One ranking over the cells of all labels.
    public let micro: Double?
    /// By support.
    public let weighted: Double?
  }

  public let areaUnderROC: Means
  public let averagePrecision: Means

  public init(_ rows: ScoredRows) {
    let columns = rows.labels.indices.map { rows.column($0) }
    let rankings = columns.map { Ranking(scores: $0.scores, truths: $0.truths) }
    let all = Ranking(scores: columns.flatMap(\.scores), truths: columns.flatMap(\.truths))
    func means(_ value: (Ranking) -> Double?) -> Means {
      let values = rankings.compactMap { ranking in
        value(ranking).map { (value: $0, support: Double(ranking.positives)) }
      }
      let support = values.reduce(0) { $0 + $1.support }
      return Means(
        macro: values.isEmpty ? nil : values.reduce(0) { $0 + $1.value } / Double(values.count),
        micro: value(all),
        weighted: support == 0
          ? nil : values.reduce(0) { $0 + $1.value * $1.support } / support)
    }
    areaUnderROC = means(\.areaUnderROC)
    averagePrecision = means { $0.positives > 0 ? $0.averagePrecision : nil }
  }
}
