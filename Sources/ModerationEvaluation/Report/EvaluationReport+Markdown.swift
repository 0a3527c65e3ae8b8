import Moderation

extension EvaluationReport {
  /// The report as Markdown: its tables, and the showcase of sampled decisions folded away under
  /// each label.
  public func markdown() throws(EvaluationError) -> String {
    guard let first = parts.first else {
      throw .notEnoughRows("a report needs at least one run")
    }
    let run = first.run
    var text = "# \(title)\n\n"
    text += "\(Self.cell(subject)), \(run.rows) rows"
    text += run.truncated == 0 ? ".\n\n" : ", \(run.truncated) of them cut.\n\n"
    if let gate { text += Self.markdown(gate) }
    if !notes.isEmpty { text += notes.map { "- \($0)\n" }.joined() + "\n" }
    if let runs = runsView() { text += Self.table(runs) }
    text += labelTable(run)
    text += tuningTable(run)
    for comparison in comparisons { text += Self.table(comparisonView(comparison)) }
    if let disguises = disguiseView(run) { text += Self.table(disguises) }
    for slices in sliceViews() { text += Self.table(slices) }
    for label in first.showcase { text += Self.markdown(label) }
    return visibleLines(text + "\n\(Self.method(run))\n")
  }

  private static func markdown(_ outcome: GateOutcome) -> String {
    outcome.failures.isEmpty
      ? "**The gate is passed.**\n\n"
      : "**The gate is not passed:**\n\n"
        + outcome.failures.map { "- \($0)\n" }.joined() + "\n"
  }

  private func labelTable(_ run: EvaluationRun) -> String {
    var rows = run.labels.map { label in
      [
        Self.cell(label.name), String(label.counts.support), String(label.counts.total),
        shortDecimal(label.threshold), fixed(label.precision, 3), fixed(label.recall, 3),
        fixed(label.f1, 3), (label.intervals?.f1).map(Self.text) ?? "",
        Self.text(label.areaUnderROC), fixed(label.averagePrecision, 3),
        fixed(label.reliability.expectedCalibrationError, 3),
      ]
    }
    let (auc, average) = (run.areas.areaUnderROC, run.areas.averagePrecision)
    for (name, mean, interval, auc, average) in [
      ("macro", run.means.macro, run.intervals?.macroF1, auc.macro, average.macro),
      ("micro", run.means.micro, run.intervals?.microF1, auc.micro, average.micro),
      ("weighted", run.means.weighted, run.intervals?.weightedF1, auc.weighted, average.weighted),
    ] {
      rows.append([
        "*\(name)*", "", "", "", fixed(mean.precision, 3), fixed(mean.recall, 3),
        fixed(mean.f1, 3), interval.map(Self.text) ?? "", Self.text(auc), Self.text(average), "",
      ])
    }
    let exact =
      run.exactMatch.rows == 0
      ? ""
      : "Exact match: \(percent(run.exactMatch.share)) of \(run.exactMatch.rows) fully annotated "
        + "rows.\n\n"
    return Self.table(
      [
        "label", "positives", "rows", "threshold", "precision", "recall", "F1", "95 %", "AUC",
        "average precision", "calibration error",
      ], rows) + exact
  }

  private func tuningTable(_ run: EvaluationRun) -> String {
    guard let tuning = tuningView(run) else { return "" }
    return "## Thresholds\n\n"
      + Self.table(
        ["label", "before", "F1", "tuned", "F1", "positives it rests on", ""],
        tuning.rows.map {
          [
            Self.cell($0.name), $0.before, $0.f1Before, $0.after, $0.f1After, $0.support,
            $0.warnings,
          ]
        })
  }

  private static func table(_ view: ReportPage.RunsView) -> String {
    "## Runs\n\n"
      + table(
        ["run", "macro F1", "95 %", "micro F1", "weighted F1", "exact match"]
          + view.labels.map { "F1 \(cell($0))" },
        view.rows.map {
          [cell($0.name), $0.macro, $0.interval, $0.micro, $0.weighted, $0.exactMatch] + $0.f1
        }) + "Of \(cell(view.first)):\n\n"
  }

  private static func table(_ view: ReportPage.ComparisonView) -> String {
    "## \(cell(view.title))\n\n\(view.summary)\n\n"
      + table(
        [
          "label", "F1 \(cell(view.first))", "F1 \(cell(view.second))", "difference", "95 %",
          "p, bootstrap", "p, McNemar", "decisions flipped", "mean score difference",
        ],
        view.rows.map {
          [
            cell($0.name), $0.firstF1, $0.secondF1, $0.difference, $0.interval, $0.bootstrap,
            $0.mcNemar, $0.flipped, $0.meanDifference,
          ]
        })
  }

  private static func table(_ view: ReportPage.DisguiseView) -> String {
    "## Disguises\n\nRecall on positives in disguise.\n\n"
      + table(
        ["disguise", "strength"] + view.labels.map(cell),
        [["plain", ""] + view.plain]
          + view.rows.map { [$0.name, $0.strength] + $0.cells.map(\.text) })
  }

  private static func table(_ view: ReportPage.SliceView) -> String {
    "## By \(cell(view.title))\n\n"
      + table(
        [cell(view.field), "rows"] + view.columns.map(cell),
        view.rows.map { [cell($0.value), $0.count] + $0.cells.map(\.text) })
  }

  /// The showcase of one label, folded.
  private static func markdown(_ label: Showcase.Label) -> String {
    let kinds: [(String, Showcase.Outcome)] = [
      ("Found", .truePositive), ("Missed", .falseNegative), ("False alarms", .falsePositive),
      ("Rightly passed", .trueNegative),
    ]
    let lists = kinds.map { title, outcome in
      let items = label.sample(outcome)
      return items.isEmpty
        ? ""
        : "\n**\(title)**\n\n"
          + items.map { "- \(fixed($0.score, 3)) \(code($0.text))\n" }.joined()
    }.joined()
    return lists.isEmpty
      ? ""
      : "<details><summary>\(Plot.escaped(label.name)): sampled decisions (may be abusive)"
        + "</summary>\n\(lists)\n</details>\n\n"
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    return line(header)
      + line(header.enumerated().map { $0.offset == 0 ? ":---" : "---:" })
      + rows.map(line).joined() + "\n"
  }

  /// Text that cannot break out of a table's cell.
  private static func cell(_ text: String) -> String {
    var result = ""
    for character in visible(text) {
      if "\\|*_`<>[]#".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  /// Text as inline code, with a fence that it does not contain.
  private static func code(_ text: String) -> String {
    let text = visible(text)
    var fence = "`"
    while text.contains(fence) { fence += "`" }
    let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.isEmpty ? " " : ""
    return fence + pad + text + pad + fence
  }
}
