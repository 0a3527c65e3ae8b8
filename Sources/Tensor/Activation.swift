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
  /// `x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³)))`, the approximation that some checkpoints were
  /// trained with.
  case geluTanh
  case tanh
  /// `x · logistic(x)`
  case silu
  case logistic

  /// The definition, at a value.
  public func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .none: x
    case .relu: x < 0 ? 0 : x
    case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
    case .geluTanh: 0.5 * x * (1 + tanhf(0.7978845608 * (x + 0.044715 * x * x * x)))
    case .tanh: tanhf(x)
    case .silu: x / (1 + expf(-x))
    case .logistic: 1 / (1 + expf(-x))
    }
  }

  var code: ck_activation {
    switch self {
    case .none: CK_NONE
    case .relu: CK_RELU
    case .gelu: CK_GELU
    case .geluTanh: CK_GELU_TANH
    case .tanh: CK_TANH
    case .silu: CK_SILU
    case .logistic: CK_LOGISTIC
    }
  }
}
