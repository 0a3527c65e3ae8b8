import RealModule

/// A sigmoid fitted to decision values, so that they can be read as probabilities (Platt, 1999).
package struct PlattScaling: Sendable {
  /// probability = σ(slope · value + offset); scikit-learn's *a* and *b* are the negatives.
  package let slope: Double
  package let offset: Double

  /// The probability of a decision value.
  package func callAsFunction(_ value: Double) -> Double {
    logisticSigmoid(slope * value + offset)
  }

  /// Fits by maximum likelihood to Platt's smoothed targets, (n₊+1)/(n₊+2) and 1/(n₋+2), the
  /// problem `sklearn.calibration._SigmoidCalibration` solves; here by Newton's method to
  /// convergence (Lin, Lin, Weng, 2007).
  ///
  /// - Parameters:
  ///   - values: finite decision values, for example log-odds.
  ///   - truths: one truth per value.
  /// - Throws: ``EvaluationError/notEnoughRows(_:)`` when one class is missing.
  package init(fitting values: [Double], truths: [Bool]) throws(EvaluationError) {
    let rows = zip(values, truths).filter(\.0.isFinite)
    let positives = Double(rows.count(where: \.1))
    let negatives = Double(rows.count) - positives
    guard positives > 0, negatives > 0 else {
      throw .notEnoughRows("Platt scaling needs positives and negatives")
    }
    let high = (positives + 1) / (positives + 2)
    let low = 1 / (negatives + 2)
    func loss(_ a: Double, _ b: Double) -> Double {
      rows.reduce(0) { sum, row in
        let z = a * row.0 + b
        return sum + softplus(z) - (row.1 ? high : low) * z
      }
    }
    var a = 0.0
    var b = Double.log((positives + 1) / (negatives + 1))
    var current = loss(a, b)
    for _ in 0..<200 {
      var (gradientA, gradientB) = (0.0, 0.0)
      var (aa, ab, bb) = (1e-12, 0.0, 1e-12)
      for (value, truth) in rows {
        let p = logisticSigmoid(a * value + b)
        let error = p - (truth ? high : low)
        let curvature = p * (1 - p)
        gradientA += error * value
        gradientB += error
        aa += curvature * value * value
        ab += curvature * value
        bb += curvature
      }
      let determinant = aa * bb - ab * ab
      guard determinant > 0 else { break }
      let stepA = -(bb * gradientA - ab * gradientB) / determinant
      let stepB = -(aa * gradientB - ab * gradientA) / determinant
      // Halve the step until the loss does not rise. Near the optimum the loss no longer tells
      // steps apart, but Newton's step still converges: rounding is allowed for.
      let rounding = 1e-12 * abs(current)
      var length = 1.0
      var next = loss(a + stepA, b + stepB)
      while !(next <= current + rounding), length > 1e-10 {
        length /= 2
        next = loss(a + length * stepA, b + length * stepB)
      }
      guard next <= current + rounding else { break }
      (a, b, current) = (a + length * stepA, b + length * stepB, next)
      if abs(stepA) + abs(stepB) < 1e-12 * (1 + abs(a) + abs(b)) { break }
    }
    slope = a
    offset = b
  }
}
