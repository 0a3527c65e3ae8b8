/// The values of the HTML page's template, all numbers already written out. The names are those of
/// `report.mustache`.
struct ReportPage {
  struct Card {
    let name: String
    let value: String
    let detail: String
  }

  struct GateView {
    let title: String
    let style: String
    let failures: [String]
    var hasFailures: Bool
  }

  struct LabelView {
    let anchor: String
    let name: String
    let severity: String?
    let isOpen: Bool
    let support: String
    let rows: String
    let threshold: String
    let precision: String
    let recall: String
    let f1: String
    let interval: String
    let bar: String
    let auc: String
    let averagePrecision: String
    let calibrationError: String
    let brier: String
    let rocPlot: String
    let precisionRecallPlot: String
    let sweepPlot: String
    let reliabilityPlot: String
    let truePositives: String
    let falsePositives: String
    let falseNegatives: String
    let trueNegatives: String
    let truePositiveShare: String
    let falsePositiveShare: String
    let falseNegativeShare: String
    let trueNegativeShare: String
    let galleries: [Gallery]
  }

  struct Gallery {
    let title: String
    let items: [Quote]
  }

  struct Quote {
    let text: String
    let score: String
    let place: String
  }

  struct MeanView {
    let name: String
    let precision: String
    let recall: String
    let f1: String
    let interval: String
    let bar: String
    let auc: String
    let averagePrecision: String
  }

  struct RunsView {
    struct Row {
      let name: String
      let style: String
      let macro: String
      let interval: String
      let micro: String
      let weighted: String
      let exactMatch: String
      /// One a label.
      let f1: [String]
    }
    let first: String
    let labels: [String]
    let rows: [Row]
  }

  struct TuningView {
    struct Row {
      let name: String
      let before: String
      let f1Before: String
      let after: String
      let f1After: String
      let support: String
      let warnings: String
    }
    let rows: [Row]
  }

  struct ComparisonView {
    struct Row {
      let name: String
      let firstF1: String
      let secondF1: String
      let difference: String
      let style: String
      let interval: String
      let bootstrap: String
      let mcNemar: String
      let flipped: String
      let meanDifference: String
      let largestDifference: String
    }
    struct SliceRow {
      let slice: String
      let label: String
      let rows: String
      let firstAccuracy: String
      let secondAccuracy: String
      let p: String
    }
    struct PlotView {
      let name: String
      let svg: String
    }
    let title: String
    let summary: String
    let first: String
    let second: String
    let rows: [Row]
    let hasSlices: Bool
    let slices: [SliceRow]
    let plots: [PlotView]
  }

  struct Cell {
    let text: String
    /// 0…1
    let heat: String
  }

  struct DisguiseView {
    struct Row {
      let name: String
      let strength: String
      let cells: [Cell]
    }
    let labels: [String]
    let plain: [String]
    let rows: [Row]
  }

  struct SliceView {
    struct Row {
      let value: String
      let count: String
      let cells: [Cell]
    }
    let title: String
    let field: String
    let columns: [String]
    let rows: [Row]
  }

  struct LegendItem {
    let name: String
    let style: String
  }

  let title: String
  let subtitle: String
  let css: String
  let script: String
  let cards: [Card]
  let gate: GateView?
  let hasNotes: Bool
  let notes: [String]
  /// nil for a single run.
  let runs: RunsView?
  let labels: [LabelView]
  let means: [MeanView]
  let tuning: TuningView?
  let comparisons: [ComparisonView]
  let disguises: DisguiseView?
  let hasSlices: Bool
  let slices: [SliceView]
  let legend: [LegendItem]
  let method: String
}
