import Moderation

extension EvaluationReport {
  /// All runs in one table; nil when there is one only.
  func runsView() -> ReportPage.RunsView? {
    guard let first = parts.first, parts.count > 1 else { return nil }
    let labels = first.run.labels.map(\.name)
    return ReportPage.RunsView(
      first: first.name, labels: labels,
      rows: parts.enumerated().map { index, part in
        let run = part.run
        return .init(
          name: part.name, style: Self.series(index), macro: fixed(run.means.macro.f1, 3),
          interval: run.intervals.map { Self.text($0.macroF1) } ?? "",
          micro: fixed(run.means.micro.f1, 3), weighted: fixed(run.means.weighted.f1, 3),
          exactMatch: run.exactMatch.rows == 0 ? "–" : percent(run.exactMatch.share),
          f1: labels.map { Self.text(run[$0]?.f1) })
      })
  }

  func tuningView(_ run: EvaluationRun) -> ReportPage.TuningView? {
    tuning.map { tuning in
      ReportPage.TuningView(
        rows: tuning.labels.map { label in
          .init(
            name: label.name, before: shortDecimal(label.before.threshold),
            f1Before: Self.text(untuned?[label.name]?.f1),
            after: shortDecimal(label.after.threshold), f1After: Self.text(run[label.name]?.f1),
            support: grouped(label.counts.support),
            warnings: label.warnings.joined(separator: "; "))
        })
    }
  }

  func comparisonView(_ comparison: RunComparison) -> ReportPage.ComparisonView {
    let paired = comparison.paired
    let rows = comparison.agreements.map { agreement in
      let label = paired.labels.first { $0.name == agreement.label }
      return ReportPage.ComparisonView.Row(
        name: agreement.label, firstF1: Self.text(label?.firstF1),
        secondF1: Self.text(label?.secondF1),
        difference: label.map { Self.signed($0.difference) } ?? "–",
        style: label.map { $0.interval.lower > 0 ? "good" : $0.interval.upper < 0 ? "bad" : "" }
          ?? "",
        interval: label.map {
          "\(Self.signed($0.interval.lower)) – \(Self.signed($0.interval.upper))"
        } ?? "–",
        bootstrap: label.map { probability($0.pValue) } ?? "–",
        mcNemar: label.map { probability($0.mcNemar.pValue) } ?? "–",
        flipped:
          "\(grouped(agreement.flipped)) (\(percent(ratio(agreement.flipped, agreement.rows), 2)))",
        meanDifference: fixed(agreement.meanDifference, 5),
        largestDifference: fixed(agreement.largestDifference, 4))
    }
    // Beyond chance, or nearly: with many slices some are, by chance.
    let slices = comparison.slices.prefix(20).filter { $0.test.pValue < 0.05 }
    return ReportPage.ComparisonView(
      title: "\(comparison.second) against \(comparison.first)",
      summary: "Macro F1 differs by \(Self.signed(paired.macroDifference)), "
        + "95 % \(Self.signed(paired.macroInterval.lower)) to "
        + "\(Self.signed(paired.macroInterval.upper)), p \(probability(paired.macroPValue)). "
        + "Both see the same rows in every resample. \(comparison.flips)",
      first: comparison.first, second: comparison.second, rows: rows,
      hasSlices: !slices.isEmpty,
      slices: slices.map { slice in
        .init(
          slice: "\(slice.field): \(slice.value)", label: slice.label, rows: grouped(slice.rows),
          firstAccuracy: percent(slice.first), secondAccuracy: percent(slice.second),
          p: probability(slice.test.pValue))
      },
      plots: comparison.agreements.map {
        .init(
          name: $0.label, svg: $0.plot(first: comparison.first, second: comparison.second))
      })
  }

  func disguiseView(_ run: EvaluationRun) -> ReportPage.DisguiseView? {
    guard let first = run.disguises.first else { return nil }
    return ReportPage.DisguiseView(
      labels: first.labels.map(\.name), plain: first.labels.map { percent($0.plainRecall) },
      rows: run.disguises.map { result in
        .init(
          name: result.disguise.rawValue, strength: String(result.strength),
          cells: result.labels.map { label in
            .init(
              text: percent(label.disguisedRecall),
              heat: fixed(label.foundPlain == 0 ? 0 : min(max(1 - label.kept, 0), 1), 2))
          })
      })
  }

  func sliceViews() -> [ReportPage.SliceView] {
    sliceTables.map { table in
      let metrics = table.metrics.map(\.rawValue)
      return ReportPage.SliceView(
        title: "\(table.field)\(table.subject.map { ", \($0)" } ?? ""): "
          + metrics.joined(separator: " and "),
        field: table.field,
        columns: table.columns.flatMap { name in
          table.metrics.count == 1 ? [name] : ["\(name) \(metrics[0])"] + metrics.dropFirst()
        },
        rows: (table.rows + [table.total]).map { row in
          .init(
            value: row.value, count: grouped(row.rows),
            cells: row.counts.flatMap { counts in
              table.metrics.map { Self.cell($0, counts) }
            })
        })
    }
  }

  private static func cell(
    _ metric: SliceTable.Metric, _ counts: ConfusionCounts?
  ) -> ReportPage.Cell {
    guard let counts, metric == .accuracy || counts.support > 0 else {
      return .init(text: "–", heat: "0")
    }
    return metric == .accuracy
      ? .init(text: percent(counts.accuracy), heat: fixed(counts.accuracy, 2))
      : .init(text: fixed(counts.f1, 3), heat: fixed(counts.f1, 2))
  }

  static func signed(_ value: Double) -> String {
    let text = fixed(value, 4)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : "+" + text
  }
}
