import Moderation
import Mustache
import ReportTemplates

extension EvaluationReport {
  /// The report as one HTML page that needs nothing else: style, script and drawings are inside.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` when there is no part.
  public func html() throws(EvaluationError) -> String {
    guard let first = parts.first else {
      throw .notEnoughRows("a report needs at least one run")
    }
    do {
      return visibleLines(try MustacheTemplate(string: ReportTemplates.page).render(page(first)))
    } catch {
      throw .malformed(file: "report.mustache", reason: "\(error)")
    }
  }

  private func page(_ first: Part) -> ReportPage {
    let run = first.run
    return ReportPage(
      title: title,
      subtitle: subject,
      css: ReportTemplates.style,
      script: ReportTemplates.script,
      cards: cards(run),
      gate: gate.map { outcome in
        ReportPage.GateView(
          title: outcome.failures.isEmpty ? "The gate is passed" : "The gate is not passed",
          style: outcome.failures.isEmpty ? "passed" : "failed",
          failures: outcome.failures.map(\.description), hasFailures: !outcome.failures.isEmpty)
      },
      hasNotes: !notes.isEmpty, notes: notes,
      runs: runsView(), labels: run.labels.indices.map { label(first, $0) },
      means: means(run), tuning: tuningView(run),
      comparisons: comparisons.map(comparisonView), disguises: disguiseView(run),
      hasSlices: !run.slices.isEmpty, slices: sliceViews(),
      legend: parts.count < 2
        ? []
        : parts.enumerated().map { index, part in
          .init(name: part.name, style: Self.series(index))
        },
      method: Self.method(run))
  }

  private func cards(_ run: EvaluationRun) -> [ReportPage.Card] {
    func card(_ name: String, _ value: Double, _ interval: Bootstrap.Interval?) -> ReportPage.Card {
      .init(name: name, value: fixed(value, 3), detail: interval.map(Self.text) ?? "")
    }
    var cards = [
      card("macro F1", run.means.macro.f1, run.intervals?.macroF1),
      card("micro F1", run.means.micro.f1, run.intervals?.microF1),
      card("weighted F1", run.means.weighted.f1, run.intervals?.weightedF1),
    ]
    if run.exactMatch.rows > 0 {
      cards.append(
        .init(
          name: "exact match", value: percent(run.exactMatch.share),
          detail: "of \(grouped(run.exactMatch.rows)) fully annotated rows"))
    }
    let truncated = run.truncated == 0 ? "none cut" : "\(grouped(run.truncated)) cut"
    cards.append(.init(name: "rows", value: grouped(run.rows), detail: truncated))
    return cards
  }

  private func label(_ part: Part, _ index: Int) -> ReportPage.LabelView {
    let result = part.run.labels[index]
    let counts = result.counts
    let series = parts.compactMap { other -> LabelPlots.Series? in
      guard let place = other.run.labels.firstIndex(where: { $0.name == result.name }) else {
        return nil
      }
      return .init(
        name: other.name, result: other.run.labels[place], curves: other.curves[place])
    }
    let plots = LabelPlots(label: result.name, series: series)
    return ReportPage.LabelView(
      anchor: "label-\(index)", name: result.name, severity: result.severity,
      isOpen: part.run.labels.count <= 6, support: grouped(counts.support),
      rows: grouped(counts.total), threshold: shortDecimal(result.threshold),
      precision: fixed(result.precision, 3), recall: fixed(result.recall, 3),
      f1: fixed(result.f1, 3), interval: (result.intervals?.f1).map(Self.text) ?? "",
      bar: intervalBar(result.f1, result.intervals?.f1), auc: Self.text(result.areaUnderROC),
      averagePrecision: fixed(result.averagePrecision, 3),
      calibrationError: fixed(result.reliability.expectedCalibrationError, 3),
      brier: fixed(result.reliability.brierScore, 3), rocPlot: plots.roc,
      precisionRecallPlot: plots.precisionRecall, sweepPlot: plots.sweep,
      reliabilityPlot: plots.reliability, truePositives: grouped(counts.truePositives),
      falsePositives: grouped(counts.falsePositives),
      falseNegatives: grouped(counts.falseNegatives),
      trueNegatives: grouped(counts.trueNegatives),
      truePositiveShare: fixed(ratio(counts.truePositives, counts.support), 3),
      falsePositiveShare: fixed(ratio(counts.falsePositives, counts.total - counts.support), 3),
      falseNegativeShare: fixed(ratio(counts.falseNegatives, counts.support), 3),
      trueNegativeShare: fixed(ratio(counts.trueNegatives, counts.total - counts.support), 3),
      galleries: part.showcase.indices.contains(index) ? galleries(part.showcase[index]) : [])
  }

  private func galleries(_ label: Showcase.Label) -> [ReportPage.Gallery] {
    [
      ("Worst false alarms", label.worstFalsePositives),
      ("Worst misses", label.worstFalseNegatives),
    ].filter { !$0.1.isEmpty }.map { title, items in
      ReportPage.Gallery(
        title: title,
        items: items.map {
          .init(
            text: $0.text, score: fixed($0.score, 3),
            place: "line \($0.line)" + ($0.file.map { " of \($0)" } ?? ""))
        })
    }
  }

  private func means(_ run: EvaluationRun) -> [ReportPage.MeanView] {
    func view(
      _ name: String, _ mean: MetricMeans.Mean, _ interval: Bootstrap.Interval?, _ auc: Double?,
      _ averagePrecision: Double?
    ) -> ReportPage.MeanView {
      .init(
        name: name, precision: fixed(mean.precision, 3), recall: fixed(mean.recall, 3),
        f1: fixed(mean.f1, 3), interval: interval.map(Self.text) ?? "",
        bar: intervalBar(mean.f1, interval), auc: Self.text(auc),
        averagePrecision: Self.text(averagePrecision))
    }
    let (auc, average) = (run.areas.areaUnderROC, run.areas.averagePrecision)
    return [
      view("macro mean", run.means.macro, run.intervals?.macroF1, auc.macro, average.macro),
      view("micro mean", run.means.micro, run.intervals?.microF1, auc.micro, average.micro),
      view(
        "weighted mean", run.means.weighted, run.intervals?.weightedF1, auc.weighted,
        average.weighted),
    ]
  }

  static func text(_ interval: Bootstrap.Interval) -> String {
    "\(fixed(interval.lower, 3)) – \(fixed(interval.upper, 3))"
  }

  static func text(_ value: Double?) -> String { value.map { fixed($0, 3) } ?? "–" }

  static func series(_ index: Int) -> String { "series-\(index % 4 + 1)" }

  static func method(_ run: EvaluationRun) -> String {
    "A score at or above its threshold is flagged. Rows whose label is unknown do not count for it. "
      + "Ratios without rows are 0. Intervals: percentile bootstrap over rows. Calibration error: "
      + "ten bins of equal width. AUC by trapezoids, average precision without interpolation, as "
      + "scikit-learn has them."
  }
}
