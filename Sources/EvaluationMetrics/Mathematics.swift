import RealModule

/// 1 / (1 + e⁻ˣ) without overflow.
package func logisticSigmoid(_ x: Double) -> Double {
  guard x < 0 else { return 1 / (1 + .exp(-x)) }
  let e = Double.exp(x)
  return e / (1 + e)
}

/// log(1 + eˣ) without overflow.
package func softplus(_ x: Double) -> Double {
  x > 0 ? x + .log(onePlus: .exp(-x)) : .log(onePlus: .exp(x))
}
