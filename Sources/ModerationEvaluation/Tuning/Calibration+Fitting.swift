public import Moderation
import RealModule

extension Calibration {
  /// The kind of calibration to fit.
  public enum FittingMethod: String, Sendable, CaseIterable, Codable {
    /// Two numbers, for small validation sets.
    case platt
    /// Follows any rising shape, for validation sets of a thousand positives or so.
    case isotonic
  }

  /// Fits a calibration to the scores of validation rows, as scikit-learn does.
  ///
  /// - Parameters:
  ///   - scores: uncalibrated scores in 0…1; NaN is left out.
  ///   - truths: one truth per score.
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` when one class is missing.
  public init(fitting method: FittingMethod, scores: [Double], truths: [Bool])
    throws(EvaluationError)
  {
    guard truths.contains(true), truths.contains(false) else {
      throw .notEnoughRows("a calibration needs positives and negatives")
    }
    switch method {
    case .platt:
      let scaling = try PlattScaling(fitting: scores.map(logOdds), truths: truths)
      self = .platt(slope: scaling.slope, intercept: scaling.offset)
    case .isotonic:
      let regression = try IsotonicRegression(fitting: scores, truths: truths)
      self = .isotonic(inputs: regression.scores, outputs: regression.probabilities)
    }
  }
}

extension Calibration {
  /// The rising map from scores to another scale that is nearest to the targets by squares, as
  /// scikit-learn's `IsotonicRegression` fits it.
  ///
  /// - Parameters:
  ///   - scores: in 0…1; NaN is left out.
  ///   - targets: one per score, in 0…1.
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` without rows.
  public init(mapping scores: [Double], to targets: [Double]) throws(EvaluationError) {
    let regression = try IsotonicRegression(fitting: scores, targets: targets)
    self = .isotonic(inputs: regression.scores, outputs: regression.probabilities)
  }
}

/// log(p / (1 − p)), with p held ``Calibration/margin`` away from 0 and 1: a float32 sigmoid
/// reaches both.
func logOdds(_ probability: Double) -> Double {
  guard !probability.isNaN else { return probability }
  let p = min(max(probability, Calibration.margin), 1 - Calibration.margin)
  return Double.log(p / (1 - p))
}
