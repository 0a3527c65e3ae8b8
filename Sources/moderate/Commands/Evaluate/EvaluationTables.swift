import Moderation
import ModerationEvaluation

/// An evaluation for people at a terminal.
struct EvaluationTables {
  let report: EvaluationReport
  let terminal: Terminal

  func rendered() -> String {
    var text = ""
    for part in report.parts { text += labels(part) }
    if let tuning = report.tuning { text += thresholds(tuning) }
    for comparison in report.comparisons { text += self.comparison(comparison) }
    for part in report.parts where !part.run.disguises.isEmpty { text += disguises(part) }
    for table in report.sliceTables { text += slices(table) }
    for note in report.notes { text += "  " + terminal.styled(note, .yellow) + "\n" }
    if let gate = report.gate { text += self.gate(gate) }
    return text
  }

  private func labels(_ part: EvaluationReport.Part) -> String {
    let run = part.run
    let name = run.precision.map { "\(run.model) in \($0)" } ?? run.model
    var text = terminal.styled(visible(name), .bold)
    text += " on \(run.dataset): \(run.rows) rows"
    text += run.truncated > 0 ? ", \(run.truncated) cut\n\n" : "\n\n"
    var table = Table(
      [.init(title: "label")]
        + [
          "positives", "threshold", "precision", "recall", "F1", "95 %", "AUC", "AP",
          "calibration error",
        ].map { .init(title: $0, alignRight: true) })
    for label in run.labels {
      table.append([
        .init(visible(label.name)), .init("\(label.counts.support)"),
        .init(fixed(label.threshold, 3), .dim), .init(fixed(label.precision, 3)),
        .init(fixed(label.recall, 3)), .init(fixed(label.f1, 3), .bold),
        .init(Self.text(label.intervals?.f1), .dim),
        .init(label.areaUnderROC.map { fixed($0, 3) } ?? "–"),
        .init(fixed(label.averagePrecision, 3)),
        .init(fixed(label.reliability.expectedCalibrationError, 3)),
      ])
    }
    let means = [
      ("macro mean", run.means.macro, run.intervals?.macroF1),
      ("micro mean", run.means.micro, run.intervals?.microF1),
      ("weighted mean", run.means.weighted, run.intervals?.weightedF1),
    ]
    for (name, mean, interval) in means {
      table.append([
        .init(name, .dim), .init(""), .init(""), .init(fixed(mean.precision, 3)),
        .init(fixed(mean.recall, 3)), .init(fixed(mean.f1, 3), .bold),
        .init(Self.text(interval), .dim), .init(""), .init(""), .init(""),
      ])
    }
    text += table.rendered(for: terminal, indent: 2)
    if run.exactMatch.rows > 0 {
      text += "\n  exact match \(fixed(run.exactMatch.share * 100, 1)) % of "
      text += "\(run.exactMatch.rows) fully annotated rows\n"
    }
    return text + "\n"
  }

  private func thresholds(_ tuning: BundleTuning) -> String {
    var table = Table([
      .init(title: "thresholds"), .init(title: "before", alignRight: true),
      .init(title: "tuned", alignRight: true), .init(title: "positives", alignRight: true),
      .init(title: ""),
    ])
    for label in tuning.labels {
      table.append([
        .init(visible(label.name)), .init(fixed(label.before.threshold, 3), .dim),
        .init(fixed(label.after.threshold, 3), .bold), .init("\(label.counts.support)"),
        .init(label.warnings.joined(separator: "; "), .yellow),
      ])
    }
    return table.rendered(for: terminal, indent: 2) + "\n"
  }

  private func comparison(_ comparison: RunComparison) -> String {
    var text = terminal.styled("\(comparison.second) against \(comparison.first)", .bold) + "\n\n"
    var table = Table(
      [.init(title: "label")]
        + [
          "F1", "F1", "difference", "p, bootstrap", "p, McNemar", "flipped", "mean difference",
        ].map { .init(title: $0, alignRight: true) })
    for agreement in comparison.agreements {
      let label = comparison.paired.labels.first { $0.name == agreement.label }
      func number(_ value: Double?, _ count: Int) -> String {
        value.map { fixed($0, count) } ?? "–"
      }
      let share = 100 * Double(agreement.flipped) / Double(max(agreement.rows, 1))
      table.append([
        visible(agreement.label), number(label?.firstF1, 3),
        number(label?.secondF1, 3), number(label?.difference, 4), number(label?.pValue, 3),
        number(label?.mcNemar.pValue, 3), "\(agreement.flipped) (\(fixed(share, 2)) %)",
        fixed(agreement.meanDifference, 5),
      ])
    }
    text += table.rendered(for: terminal, indent: 2)
    return text + "\n  \(comparison.flips)\n\n"
  }

  private func disguises(_ part: EvaluationReport.Part) -> String {
    guard let first = part.run.disguises.first else { return "" }
    var table = Table(
      [.init(title: "recall in disguise"), .init(title: "strength", alignRight: true)]
        + first.labels.map {
          .init(title: DisplayText.truncated($0.name, 14), alignRight: true)
        })
    func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }
    table.append(["plain", ""] + first.labels.map { percent($0.plainRecall) })
    for result in part.run.disguises {
      table.append(
        [.init(result.disguise.rawValue), .init("\(result.strength)")]
          + result.labels.map { label in
            .init(percent(label.disguisedRecall), label.kept < 0.5 ? .red : nil)
          })
    }
    return terminal.styled(part.name, .bold) + "\n\n"
      + table.rendered(for: terminal, indent: 2) + "\n"
  }

  private func slices(_ slices: SliceTable) -> String {
    let metrics = slices.metrics
    var table = Table(
      [.init(title: slices.field), .init(title: "rows", alignRight: true)]
        + slices.columns.flatMap { name in
          metrics.indices.map { index in
            let title = visible(index == 0 ? name : metrics[index].rawValue)
            return .init(title: DisplayText.truncated(title, 20), alignRight: true)
          }
        })
    for row in slices.rows + [slices.total] {
      table.append(
        [
          .init(DisplayText.truncated(visible(row.value), 40)),
          .init("\(row.rows)", .dim),
        ] + row.counts.flatMap { counts in metrics.map { Self.cell($0, counts) } })
    }
    let title = metrics.map(\.rawValue).joined(separator: " and ") + " by \(slices.field)"
    return terminal.styled(
      visible(slices.subject.map { "\($0): \(title)" } ?? title), .bold) + "\n\n"
      + table.rendered(for: terminal, indent: 2) + "\n"
  }

  private static func cell(_ metric: SliceTable.Metric, _ counts: ConfusionCounts?) -> Table.Cell {
    guard let counts, metric == .accuracy || counts.support > 0 else { return .init("–") }
    return .init(
      metric == .accuracy
        ? fixed(counts.accuracy * 100, 1) + " %" : fixed(counts.f1, 3))
  }

  private func gate(_ outcome: EvaluationReport.GateOutcome) -> String {
    guard !outcome.failures.isEmpty else {
      return "  " + terminal.styled("The gate is passed.", .green) + "\n"
    }
    return "  " + terminal.styled("The gate is not passed:", .boldRed) + "\n"
      + outcome.failures.map { "    \(visible($0.description))\n" }.joined()
  }

  private static func text(_ interval: Bootstrap.Interval?) -> String {
    interval.map { "\(fixed($0.lower, 3))–\(fixed($0.upper, 3))" } ?? ""
  }
}
