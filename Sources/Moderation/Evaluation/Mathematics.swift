#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// The C library's functions under names that need no platform import elsewhere.

func exponential(_ x: Double) -> Double { exp(x) }

func naturalLogarithm(_ x: Double) -> Double { log(x) }

func logarithmOfGamma(_ x: Double) -> Double { lgamma(x) }

func complementaryErrorFunction(_ x: Double) -> Double { erfc(x) }

/// 1 / (1 + e⁻ˣ) without overflow.
func logisticSigmoid(_ x: Double) -> Double {
  guard x < 0 else { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}

/// log(1 + eˣ) without overflow.
func softplus(_ x: Double) -> Double {
  x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
}
