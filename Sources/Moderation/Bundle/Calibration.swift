import RealModule

/// A map from a model's score to a probability that can be read as a frequency.
public enum Calibration: Sendable, Equatable {
  /// σ(slope · logit(p) + intercept). Platt (1999), on the logit of a probability.
  case platt(slope: Double, intercept: Double)
  /// Linear between points, constant beyond the ends, as scikit-learn's `IsotonicRegression` with
  /// `out_of_bounds="clip"`. Inputs rise strictly; outputs do not fall.
  case isotonic(inputs: [Double], outputs: [Double])

  /// Probabilities are clipped this far from 0 and 1 before their logit is taken.
  public static let margin = 1e-7

  /// The calibrated score, in 0…1. NaN stays NaN.
  public func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .platt(let slope, let intercept):
      guard !score.isNaN else { return score }
      let clipped = min(max(score, Self.margin), 1 - Self.margin)
      return 1 / (1 + .exp(-(slope * (.log(clipped) - .log(onePlus: -clipped)) + intercept)))
    case .isotonic(let inputs, let outputs):
      return Self.interpolate(score, inputs, outputs)
    }
  }

  private static func interpolate(_ x: Double, _ inputs: [Double], _ outputs: [Double]) -> Double {
    guard let first = inputs.first, let last = inputs.last, inputs.count == outputs.count,
      !x.isNaN
    else { return x }
    if x <= first { return outputs[0] }
    if x >= last { return outputs[outputs.count - 1] }
    // The first point above x; it exists, and is not the first, as first < x < last.
    var low = 0
    var high = inputs.count - 1
    while low < high {
      let middle = (low + high) / 2
      if inputs[middle] > x { high = middle } else { low = middle + 1 }
    }
    let (x0, x1) = (inputs[low - 1], inputs[low])
    let (y0, y1) = (outputs[low - 1], outputs[low])
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
  }
}
