#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The natural logarithm in float32.
func log32(_ x: Float) -> Float { logf(x) }

/// The natural logarithm in float64.
func log64(_ x: Double) -> Double { log(x) }
