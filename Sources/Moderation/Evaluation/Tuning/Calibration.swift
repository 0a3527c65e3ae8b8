/// How a label's score becomes a probability: an option of a bundle's label.
public enum Calibration: Sendable, Hashable {
  /// A sigmoid over the score's log-odds: two numbers, for small validation sets.
  case platt(PlattScaling)
  /// A rising function of the score: follows any shape, for validation sets of a thousand or more.
  case isotonic(IsotonicRegression)

  /// Which calibration to fit.
  public enum Method: String, Sendable, CaseIterable, Codable {
    case platt
    case isotonic
  }

  /// Fits a calibration to validation scores.
  ///
  /// - Throws: ``EvaluationError/notEnoughRows(_:)``.
  public init(_ method: Method, scores: [Double], truths: [Bool]) throws(EvaluationError) {
    switch method {
    case .platt:
      self = .platt(try PlattScaling(fitting: scores.map(logOdds), truths: truths))
    case .isotonic: self = .isotonic(try IsotonicRegression(fitting: scores, truths: truths))
    }
  }

  /// The calibrated probability of a score in [0, 1]. It never falls as the score rises (a Platt
  /// slope that was fitted to a useless score may be negative; that is for the fitter to see).
  public func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .platt(let scaling): scaling(logOdds(score))
    case .isotonic(let regression): regression(score)
    }
  }
}

/// log(p / (1 − p)), with p held 10⁻⁷ away from 0 and 1: a float32 sigmoid reaches both.
func logOdds(_ probability: Double) -> Double {
  let p = min(max(probability, 1e-7), 1 - 1e-7)
  return naturalLogarithm(p / (1 - p))
}
