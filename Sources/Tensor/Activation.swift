internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A function of each element.
public enum Activation: String, Sendable {
  case none
  case relu
  /// `x · Φ(x)`, exact: `x / 2 · (1 + erf(x / √2))`.
  case gelu
  case tanh
  case logistic

  /// The definition, at a value.
  public func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .none: x
    case .relu: x < 0 ? 0 : x
    case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
    case .tanh: tanhf(x)
    case .logistic: 1 / (1 + expf(-x))
    }
  }

  var code: ck_activation {
    switch self {
    case .none: CK_NONE
    case .relu: CK_RELU
    case .gelu: CK_GELU
    case .tanh: CK_TANH
    case .logistic: CK_LOGISTIC
    }
  }
}
