internal import CKernels

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
