import Foundation
import TestSupport
import Testing

/// scikit-learn's numbers, made by `Tests/Fixtures/evaluation/make_metrics.py`.
struct Goldens: Decodable {
  struct Single: Decodable, Sendable, CustomTestStringConvertible {
    struct ROC: Decodable, Sendable {
      let fpr: [Double?]
      let tpr: [Double?]
      let thresholds: [Double]
    }
    struct Curves: Decodable, Sendable {
      let full: ROC
      let dropped: ROC
    }
    struct PrecisionRecall: Decodable, Sendable {
      let precision: [Double]
      let recall: [Double]
      let thresholds: [Double]
    }
    struct Isotonic: Decodable, Sendable {
      let probe: [Double]
      let values: [Double]
      let x: [Double]
      let y: [Double]
    }
    struct Platt: Decodable, Sendable {
      let sklearn: [Double]
      let converged: [Double]
      let probe: [Double]
    }
    let name: String
    let truths: [Int]
    let scores: [Double]
    let threshold: Double
    let confusion: [Int]
    let precision: Double
    let recall: Double
    let f1: Double
    let accuracy: Double
    let auc: Double?
    let averagePrecision: Double
    let roc: Curves
    let pr: PrecisionRecall
    let brier: Double
    let ece: Double
    let bins: [[Double]]
    let maximumF1: Double
    let recallAtPrecision: Double
    let minimumCost: Double
    let isotonic: Isotonic
    let platt: Platt?

    enum CodingKeys: String, CodingKey {
      case name, truths, scores, threshold, confusion, precision, recall, f1, accuracy, auc
      case averagePrecision = "average_precision"
      case roc, pr, brier, ece, bins
      case maximumF1 = "maximum_f1"
      case recallAtPrecision = "recall_at_precision_0.8"
      case minimumCost = "minimum_cost_1_5"
      case isotonic, platt
    }

    var answers: [Bool] { truths.map { $0 == 1 } }
    var testDescription: String { name }
  }

  struct Multi: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let truths: [[Int]]
    let scores: [[Double]]
    let thresholds: [Double]
    let macro: [Double]
    let micro: [Double]
    let weighted: [Double]
    let aucMacro: Double?
    let aucMicro: Double?
    let aucWeighted: Double?
    let apMacro: Double?
    let apMicro: Double?
    let apWeighted: Double?
    let exactRows: Int
    let exact: Double

    enum CodingKeys: String, CodingKey {
      case name, truths, scores, thresholds, macro, micro, weighted
      case aucMacro = "auc_macro"
      case aucMicro = "auc_micro"
      case aucWeighted = "auc_weighted"
      case apMacro = "ap_macro"
      case apMicro = "ap_micro"
      case apWeighted = "ap_weighted"
      case exactRows = "exact_rows"
      case exact
    }

    var testDescription: String { name }
  }

  struct Resampling: Decodable, Sendable {
    let truths: [Int]
    let scores: [Double]
    let threshold: Double
    let intervals: [String: [Double]]
  }

  let single: [Single]
  let multi: [Multi]
  let mcnemar: [[Double]]
  let bootstrap: Resampling

  static let shared: Result<Goldens, any Error> = Result {
    try JSONDecoder().decode(
      Goldens.self, from: Data(contentsOf: Checkout.fixtures("evaluation/metrics.json")))
  }

  static var singles: [Single] { (try? shared.get().single) ?? [] }
  static var multis: [Multi] { (try? shared.get().multi) ?? [] }
}

func isClose(_ a: Double, _ b: Double, within tolerance: Double = 1e-9) -> Bool {
  a == b || abs(a - b) <= tolerance
}

func areClose(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, within: tolerance) }
}
