extension EvaluationReport {
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
    let rows = zip(paired.labels, comparison.agreements).map { label, agreement in
      ReportPage.ComparisonView.Row(
        name: label.name, firstF1: fixed(label.firstF1, 3), secondF1: fixed(label.secondF1, 3),
        difference: Self.signed(label.difference),
        style: label.interval.lower > 0 ? "good" : label.interval.upper < 0 ? "bad" : "",
        interval: "\(Self.signed(label.interval.lower)) – \(Self.signed(label.interval.upper))",
        bootstrap: probability(label.pValue), mcNemar: probability(label.mcNemar.pValue),
        flipped:
          "\(grouped(agreement.flipped)) (\(percent(ratio(agreement.flipped, agreement.rows), 2)))",
        meanDifference: fixed(agreement.meanDifference, 5),
        largestDifference: fixed(agreement.largestDifference, 4))
    }
    return ReportPage.ComparisonView(
      title: "\(comparison.second) against \(comparison.first)",
      summary: "Macro F1 differs by \(Self.signed(paired.macroDifference)), "
        + "95 % \(Self.signed(paired.macroInterval.lower)) to "
        + "\(Self.signed(paired.macroInterval.upper)), p \(probability(paired.macroPValue)). "
        + "Both see the same rows in every resample.",
      first: comparison.first, second: comparison.second, rows: rows,
      hasSlices: !comparison.slices.isEmpty,
      slices: comparison.slices.prefix(20).map { slice in
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

  /// One table a field when there is one label, with a column a run; otherwise one table a field and
  /// run, with a column a label.
  func sliceViews() -> [ReportPage.SliceView] {
    guard let first = parts.first else { return [] }
    let fields = first.run.slices.reduce(into: [String]()) { fields, slice in
      if !fields.contains(slice.field) { fields.append(slice.field) }
    }
    return fields.flatMap { field in
      first.run.labels.count == 1
        ? [singleLabelSlices(field, first.run)] : parts.map { labelSlices(field, $0) }
    }
  }

  private func singleLabelSlices(_ field: String, _ first: EvaluationRun) -> ReportPage.SliceView {
    let slices = first.slices.filter { $0.field == field }
    let name = first.labels[0].name
    return ReportPage.SliceView(
      title: "\(field): accuracy, and F1 where there are positives", field: field,
      columns: parts.flatMap { ["\($0.name) accuracy", "F1"] },
      rows: slices.map { slice in
        .init(
          value: slice.value, count: grouped(slice.rows),
          cells: parts.flatMap { part -> [ReportPage.Cell] in
            let place = part.run.labels.firstIndex { $0.name == name }
            let other = part.run.slices.first { $0.field == field && $0.value == slice.value }
            guard let place, let counts = other?.counts[place], counts.total > 0 else {
              return [.init(text: "–", heat: "0"), .init(text: "–", heat: "0")]
            }
            return [
              .init(text: percent(counts.accuracy), heat: fixed(counts.accuracy, 2)),
              Self.f1Cell(counts),
            ]
          })
      })
  }

  private func labelSlices(_ field: String, _ part: Part) -> ReportPage.SliceView {
    ReportPage.SliceView(
      title: "\(field): F1" + (parts.count > 1 ? ", \(part.name)" : ""), field: field,
      columns: part.run.labels.map(\.name),
      rows: part.run.slices.filter { $0.field == field }.map { slice in
        .init(
          value: slice.value, count: grouped(slice.rows), cells: slice.counts.map(Self.f1Cell))
      })
  }

  private static func f1Cell(_ counts: ConfusionCounts) -> ReportPage.Cell {
    counts.support == 0
      ? .init(text: "–", heat: "0") : .init(text: fixed(counts.f1, 3), heat: fixed(counts.f1, 2))
  }

  static func signed(_ value: Double) -> String {
    let text = fixed(value, 4)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : "+" + text
  }
}
