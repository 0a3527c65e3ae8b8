import Foundation
import Testing

@testable import ModerationEvaluation

@Suite("Reports")
struct ReportTests {
  @Test func `the page holds every section and no text that could act`() throws {
    let html = try ReportSample.report().html()
    // For looking at it: REPORT_SAMPLE=/tmp/report.html swift test --filter EvaluationReport
    if let path = ProcessInfo.processInfo.environment["REPORT_SAMPLE"] {
      try Data(html.utf8).write(to: URL(filePath: path))
    }
    for heading in [
      "Runs", "Labels", "Thresholds", "int8 against float32", "Disguises", "Slices",
      "Label by label",
    ] {
      let isThere = html.contains("<h2>\(heading)</h2>")
      #expect(isThere, "\(heading)")
    }
    #expect(html.contains("The gate is not passed"))
    #expect(html.contains("insult: F1 "))
    #expect(html.contains("line 40: text is missing"))
    #expect(!html.contains("<script>window"))
    #expect(html.contains("&lt;script&gt;window.ran=1"))
    #expect(html.contains("everything &lt;always&gt;"))
    #expect(html.components(separatedBy: "<script>").count == 2)
    #expect(!html.contains("{{"))
    // Nothing is loaded from anywhere.
    for sign in ["http://", "https://", "src=", "@import", "url("] {
      #expect(!html.contains(sign), "\(sign)")
    }
  }

  @Test func `a report needs a run`() {
    #expect(throws: EvaluationError.self) { try EvaluationReport(title: "x", parts: []).html() }
    #expect(throws: EvaluationError.self) { try EvaluationReport(title: "x", parts: []).markdown() }
  }

  @Test func `Markdown has the tables and a showcase of each label`() throws {
    let text = try ReportSample.report().markdown()
    #expect(text.hasPrefix("# Sample moderator & friends\n"))
    #expect(text.contains("| label | positives |"))
    #expect(text.contains("| run | macro F1 |"))
    #expect(text.contains("\n| int8 | 0."))
    #expect(text.contains("| everything \\<always\\> |"))
    #expect(text.contains("<summary>insult: sampled decisions (may be abusive)</summary>"))
    #expect(text.contains("**False alarms**"))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| threats |") }
    #expect(rows.count >= 3)
    // Every row of a table has as many cells as its header.
    var width = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        width = 0
        continue
      }
      let cells = line.replacing("\\|", with: "").count { $0 == "|" }
      if width == 0 { width = cells }
      #expect(cells == width, "\(line)")
    }
  }

  @Test func `curves are thinned without losing their ends`() throws {
    var generator = SeededGenerator(seed: 2)
    var rows = ScoredRows(labels: ["a"])
    for _ in 0..<5000 {
      let truth = generator.nextUnit() < 0.4
      try rows.append(
        scores: [Float(generator.nextUnit() * (truth ? 1 : 0.8))], truths: ["a": truth])
    }
    let curves = LabelCurves(rows.column(0))
    #expect(curves.roc.count < 500)
    #expect(curves.roc.first == .init(x: 0, y: 0))
    #expect(curves.roc.last == .init(x: 1, y: 1))
    #expect(curves.precisionRecall.last?.x == 1)
    #expect(curves.sweep.count == 101)
    let middle = curves.sweep[50]
    let counts = rows.counts(thresholds: [0.5])[0]
    #expect(middle.f1 == counts.f1)
    #expect(middle.precision == counts.precision)
  }

  @Test(.enabled(if: Browser.path != nil, "no Chromium: set CHROMIUM or install the package"))
  func
    `in a browser every plot has its data, light and dark, large and small (skipped without Chromium)`()
    throws
  {
    let probes = try Browser.probe(try ReportSample.report().html(), widths: [390, 1280])
    #expect(probes.map(\.width) == [390, 1280])
    for probe in probes {
      #expect(probe.errors.isEmpty)
      #expect(probe.wrongPlots.isEmpty, "\(probe.wrongPlots)")
      // Five labels with four plots and a table each, five intervals and three of the means, one
      // agreement plot a label, one of the whole verdict among them.
      #expect(probe.plots["roc"] == 5)
      #expect(probe.plots["precision-recall"] == 5)
      #expect(probe.plots["sweep"] == 5)
      #expect(probe.plots["reliability"] == 5)
      #expect(probe.plots["confusion"] == 5)
      #expect(probe.plots["interval"] == 8)
      #expect(probe.plots["agreement"] == 6)
      // No positives: no curve at all; no negatives: no ROC curve.
      #expect(probe.emptyPlots == 4)
      #expect(probe.overflow <= 0, "the page is \(probe.overflow) wider than the window")
      #expect(probe.blurBefore.contains("blur"))
      #expect(probe.blurAfter == "none")
      #expect(probe.resources == 0)
      #expect(!probe.ranScript, "a script in a message has run")
      #expect(probe.darkBackground < 0.2)
      #expect(probe.lightBackground > 0.8)
    }
  }
}
