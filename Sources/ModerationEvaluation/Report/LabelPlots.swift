import Moderation

/// The plots of one label.
struct LabelPlots {
  /// One run's part in them; the first run is drawn boldest.
  struct Series {
    let name: String
    let result: EvaluationRun.LabelResult
    let curves: LabelCurves
  }

  let label: String
  let series: [Series]

  private func style(_ index: Int) -> String { "series-\(index % 4 + 1)" }

  private var reasonForNothing: String {
    guard let first = series.first else { return "no rows" }
    return first.result.counts.support == 0 ? "no positives" : "no negatives"
  }

  var roc: String {
    var plot = Plot(
      kind: "roc", title: "ROC curve of \(label)", x: "false-positive rate",
      y: "true-positive rate")
    plot.diagonal()
    if series.allSatisfy(\.curves.roc.isEmpty) { plot.empty(reasonForNothing) }
    for (index, one) in series.enumerated().reversed() where !one.curves.roc.isEmpty {
      plot.line(one.curves.roc.map { ($0.x, $0.y) }, style: style(index))
      let counts = one.result.counts
      plot.dot(
        x: counts.falsePositiveRate, y: counts.recall, style: style(index),
        tooltip: "\(one.name): at \(shortDecimal(one.result.threshold))")
    }
    return plot.svg
  }

  var precisionRecall: String {
    var plot = Plot(
      kind: "precision-recall", title: "Precision-recall curve of \(label)", x: "recall",
      y: "precision")
    if series.allSatisfy(\.curves.precisionRecall.isEmpty) { plot.empty(reasonForNothing) }
    for (index, one) in series.enumerated().reversed()
    where !one.curves.precisionRecall.isEmpty {
      plot.line(one.curves.precisionRecall.map { ($0.x, $0.y) }, style: style(index))
      let counts = one.result.counts
      if counts.flagged > 0 {
        plot.dot(
          x: counts.recall, y: counts.precision, style: style(index),
          tooltip: "\(one.name): at \(shortDecimal(one.result.threshold))")
      }
    }
    return plot.svg
  }

  /// Precision, recall and F1 of the first run over thresholds, with the chosen one.
  var sweep: String {
    var plot = Plot(
      kind: "sweep", title: "Precision, recall and F1 of \(label) over thresholds",
      x: "threshold", y: "")
    guard let first = series.first, !first.curves.sweep.isEmpty else {
      plot.empty(reasonForNothing)
      return plot.svg
    }
    let points = first.curves.sweep
    plot.mark(
      x: first.result.threshold, tooltip: "threshold \(shortDecimal(first.result.threshold))")
    plot.line(
      points.compactMap { point in point.precision.map { (point.threshold, $0) } },
      style: "precision")
    plot.line(points.map { ($0.threshold, $0.recall) }, style: "recall")
    plot.line(points.map { ($0.threshold, $0.f1) }, style: "f1")
    plot.dot(
      x: first.result.threshold, y: first.result.f1, style: "f1",
      tooltip: "F1 \(fixed(first.result.f1, 3)) at \(shortDecimal(first.result.threshold))")
    return plot.svg
  }

  /// The share of positives among rows of like score in the first run, and the rows of each bin.
  var reliability: String {
    var plot = Plot(
      kind: "reliability", title: "Reliability of \(label)", x: "mean score",
      y: "share of positives")
    plot.diagonal()
    guard let first = series.first else { return plot.svg }
    let bins = first.result.reliability.bins
    let most = bins.map(\.count).max() ?? 0
    guard most > 0 else {
      plot.empty("no rows")
      return plot.svg
    }
    for bin in bins {
      // A quarter of the height is enough to see where the rows are.
      plot.bar(
        from: bin.lower, to: bin.upper, height: 0.25 * ratio(bin.count, most), style: "count")
    }
    let filled = bins.filter { $0.count > 0 }
    plot.line(filled.map { ($0.meanScore, $0.positiveRate) }, style: "series-1")
    for bin in filled {
      plot.dot(
        x: bin.meanScore, y: bin.positiveRate, radius: 3, style: "series-1",
        tooltip: "\(bin.count) rows, mean score \(fixed(bin.meanScore, 3)), "
          + "\(percent(bin.positiveRate)) positive")
    }
    return plot.svg
  }
}

extension RunComparison.Agreement {
  /// Scores of the second run over those of the first.
  func plot(first: String, second: String) -> String {
    var plot = Plot(
      kind: "agreement", title: "Scores of \(label), \(second) against \(first)", x: first,
      y: second)
    plot.diagonal()
    if points.isEmpty { plot.empty("no rows") }
    for point in points {
      plot.dot(x: point.first, y: point.second, radius: 1.6, style: "series-1")
    }
    return plot.svg
  }
}

/// A small horizontal bar with its interval, for a table cell.
func intervalBar(_ value: Double, _ interval: Bootstrap.Interval?) -> String {
  func x(_ value: Double) -> String { fixed(2 + 96 * min(max(value, 0), 1), 1) }
  let line = interval.map {
    "<path class=\"whisker\" d=\"M\(x($0.lower)) 8L\(x($0.upper)) 8\"/>"
  }
  return "<svg class=\"interval\" role=\"img\" data-plot=\"interval\" data-points=\"1\" "
    + "viewBox=\"0 0 100 16\"><path class=\"grid\" d=\"M2 8L98 8\"/>\(line ?? "")"
    + "<circle class=\"dot series-1\" cx=\"\(x(value))\" cy=\"8\" r=\"3.5\"/></svg>"
}
