/// The numbers of one model on one set of rows, without any text. It is written as JSON, to be a
/// later run's baseline.
public struct EvaluationRun: Sendable, Hashable, Codable {
  /// The version of the JSON that this library writes and reads.
  public static let formatVersion = 1

  public var format = EvaluationRun.formatVersion
  /// The model's name.
  public var model: String
  /// The precision it ran in, where it is known.
  public var precision: String?
  /// The name of the data, usually a file's name.
  public var dataset: String
  /// The rows that were scored.
  public var rows: Int
  /// Rows whose text was longer than the model reads.
  public var truncated: Int
  /// The labels that at least one row knows, in the model's order.
  public var labels: [LabelResult]
  public var means: MetricMeans
  public var areas: AreaMeans
  public var exactMatch: ExactMatch
  /// Of means and exact match; nil when no bootstrap was asked for.
  public var intervals: MeanIntervals?
  public var slices: [Slice]
  /// The recall in each disguise, when texts were perturbed.
  public var disguises: [DisguiseResult] = []

  /// The intervals of numbers over all labels.
  public struct MeanIntervals: Sendable, Hashable, Codable {
    public let macroF1: Bootstrap.Interval
    public let microF1: Bootstrap.Interval
    public let weightedF1: Bootstrap.Interval
    public let exactMatch: Bootstrap.Interval?
  }

  /// One label's numbers.
  public struct LabelResult: Sendable, Hashable, Codable {
    public let name: String
    /// The label's severity, where the bundle has one.
    public let severity: String?
    public let threshold: Double
    public let counts: ConfusionCounts
    /// Derived from `counts`, so that a reader of the JSON need not.
    public let precision: Double
    public let recall: Double
    public let f1: Double
    /// nil when one class is missing.
    public let areaUnderROC: Double?
    public let averagePrecision: Double
    public let reliability: Reliability
    public let intervals: Bootstrap.LabelIntervals?
  }

  /// The rows with one value of one metadata field.
  public struct Slice: Sendable, Hashable, Codable {
    public let field: String
    public let value: String
    public let rows: Int
    /// One per label, in the labels' order; labels that no row of the slice knows have a total
    /// of 0.
    public let counts: [ConfusionCounts]
  }

  public subscript(label: String) -> LabelResult? { labels.first { $0.name == label } }
}

extension EvaluationRun {
  /// Facts about a run besides its rows.
  public struct Description: Sendable, Hashable {
    public var model: String
    public var precision: String?
    public var dataset: String
    /// By label.
    public var severities: [String: String]
    public var truncated: Int

    public init(
      model: String, precision: String? = nil, dataset: String,
      severities: [String: String] = [:], truncated: Int = 0
    ) {
      self.model = model
      self.precision = precision
      self.dataset = dataset
      self.severities = severities
      self.truncated = truncated
    }
  }

  /// The most values of a field that become slices: those with most rows, in the data's order.
  public static let mostSlices = 60

  /// Judges rows.
  ///
  /// - Parameters:
  ///   - rows: raw scores and truths. Labels that no row knows are left out.
  ///   - points: one per label, in order: calibration and threshold.
  ///   - bootstrap: for intervals; nil for none.
  ///   - anyLabel: the name of a derived column that says whether any label fired; it is not a part
  ///     of means and exact match.
  public init(
    _ description: Description, rows raw: ScoredRows, points: [OperatingPoint],
    bootstrap: Bootstrap? = Bootstrap(), anyLabel: String? = nil
  ) {
    let annotated = raw.annotatedLabels
    let rows = raw.selecting(annotated).calibrated(by: annotated.map { points[$0] })
    let thresholds = annotated.map { points[$0].threshold }
    let ownLabels = rows.labels.indices.filter { rows.labels[$0] != anyLabel }
    // With nothing but the derived column, that is what the means are of.
    let meant = ownLabels.isEmpty ? Array(rows.labels.indices) : ownLabels
    let meantRows = rows.selecting(meant)
    let meantThresholds = meant.map { thresholds[$0] }
    let counts = rows.counts(thresholds: thresholds)
    let drawn = bootstrap?.intervals(for: rows, thresholds: thresholds)
    let drawnMeans =
      meant.count == rows.labels.count
      ? drawn : bootstrap?.intervals(for: meantRows, thresholds: meantThresholds)

    model = description.model
    precision = description.precision
    dataset = description.dataset
    self.rows = rows.count
    truncated = description.truncated
    labels = rows.labels.indices.map { label in
      let column = rows.column(label)
      let ranking = Ranking(scores: column.scores, truths: column.truths)
      return LabelResult(
        name: rows.labels[label], severity: description.severities[rows.labels[label]],
        threshold: thresholds[label], counts: counts[label], precision: counts[label].precision,
        recall: counts[label].recall, f1: counts[label].f1,
        areaUnderROC: ranking.areaUnderROC, averagePrecision: ranking.averagePrecision,
        reliability: Reliability(scores: column.scores, truths: column.truths),
        intervals: drawn?.labels[label])
    }
    means = MetricMeans(meant.map { counts[$0] })
    areas = AreaMeans(meantRows)
    exactMatch = meantRows.exactMatch(thresholds: meantThresholds)
    intervals = drawnMeans.map {
      MeanIntervals(
        macroF1: $0.macroF1, microF1: $0.microF1, weightedF1: $0.weightedF1,
        exactMatch: $0.exactMatch)
    }
    slices = rows.fields.flatMap { field in
      let slices = rows.slices(by: field)
      let most = Set(
        slices.indices.sorted { slices[$0].rows.count > slices[$1].rows.count }
          .prefix(Self.mostSlices))
      return slices.indices.filter(most.contains).map { index in
        Slice(
          field: field, value: slices[index].value, rows: slices[index].rows.count,
          counts: rows.counts(thresholds: thresholds, rows: slices[index].rows))
      }
    }
  }
}
