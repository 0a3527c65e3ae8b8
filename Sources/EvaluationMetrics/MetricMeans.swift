/// Precision, recall and F1 of several labels as one number each.
public struct MetricMeans: Sendable, Hashable, Codable {
  /// One way to take the mean over labels, with its three ratios.
  public struct Mean: Sendable, Hashable, Codable {
    public let precision: Double
    public let recall: Double
    public let f1: Double
  }

  /// Every label counts alike.
  public let macro: Mean
  /// Every decision counts alike: the ratios of the summed counts.
  public let micro: Mean
  /// Every label counts by its support; 0 when there are no positives at all.
  public let weighted: Mean

  /// The means of `sklearn.metrics.precision_recall_fscore_support(average=…)`.
  public init(_ labels: [ConfusionCounts]) {
    func mean(weights: [Double]) -> Mean {
      let total = weights.reduce(0, +)
      func average(_ value: (ConfusionCounts) -> Double) -> Double {
        guard total > 0 else { return 0 }
        return zip(labels, weights).reduce(0) { $0 + value($1.0) * $1.1 } / total
      }
      return Mean(precision: average(\.precision), recall: average(\.recall), f1: average(\.f1))
    }
    macro = mean(weights: labels.map { _ in 1 })
    weighted = mean(weights: labels.map { Double($0.support) })
    let sum = labels.reduce(ConfusionCounts(), +)
    micro = Mean(precision: sum.precision, recall: sum.recall, f1: sum.f1)
  }
}
