public import Moderation

/// The thresholds that a bundle's labels should have by its validation rows and, where asked for,
/// calibrations.
public struct BundleTuning: Sendable {
  /// One label's outcome.
  public struct Label: Sendable {
    public let name: String
    /// The point that the label had.
    public let before: OperatingPoint
    /// The point that it should have; the same as before where nothing could be chosen.
    public let after: OperatingPoint
    /// The decisions on the validation rows at `after`.
    public let counts: ConfusionCounts
    /// Why to be careful, in words; a label that could not be tuned says so here.
    public let warnings: [String]
  }

  public let labels: [Label]

  /// The points to judge other rows by.
  public var points: [OperatingPoint] { labels.map(\.after) }

  /// Chooses thresholds, after fitting calibrations if a method is given.
  ///
  /// - Parameters:
  ///   - labels: the bundle's labels.
  ///   - rows: raw scores and truths of validation rows, first columns in the labels' order.
  ///   - calibration: the calibration to fit; nil keeps what the bundle has.
  public init(
    _ labels: [EvaluatedLabel], rows: ScoredRows, tuner: ThresholdTuner,
    calibration: Calibration.FittingMethod? = nil
  ) {
    self.labels = labels.enumerated().map { index, label in
      let column = rows.column(index)
      var point = label.point
      var warnings: [String] = []
      if let calibration {
        do throws(EvaluationError) {
          point.calibration = try Calibration(
            fitting: calibration, scores: column.scores, truths: column.truths)
        } catch {
          warnings.append("not calibrated: \(error)")
        }
      }
      let scores = column.scores.map { Double(point.score(Float($0))) }
      if let tuned = tuner.tune(scores: scores, truths: column.truths) {
        point.threshold = min(max(tuned.threshold, 0), 1)
        warnings += tuned.warnings.map(\.description)
      } else {
        // A calibration without a threshold on its scale would decide at random.
        point = label.point
        let missing = column.truths.contains(true) ? "negative" : "positive"
        warnings = ["left as it was: no validation row is \(missing)"]
      }
      if case .platt(let slope, _)? = point.calibration, slope <= 0 {
        warnings.append("its score does not rise with the truth")
      }
      return Label(
        name: label.name, before: label.point, after: point,
        counts: rows.selecting([index]).calibrated(by: [point])
          .counts(thresholds: [point.threshold])[0],
        warnings: warnings)
    }
  }

  /// The bundle with the chosen points and the counts they rest on; everything else stays.
  ///
  /// - Parameter source: where the validation rows came from, usually a file's name.
  public func applied(to bundle: ModerationBundle, source: String?) -> ModerationBundle {
    var bundle = bundle
    for (index, label) in bundle.labels.enumerated() {
      guard let tuned = labels.first(where: { $0.name == label.name }),
        tuned.counts.support > 0, tuned.counts.total > tuned.counts.support
      else { continue }
      bundle.labels[index].threshold = tuned.after.threshold
      bundle.labels[index].calibration = tuned.after.calibration
      bundle.labels[index].support = LabelDefinition.Support(
        positives: tuned.counts.support, negatives: tuned.counts.total - tuned.counts.support,
        source: source)
    }
    return bundle
  }
}
