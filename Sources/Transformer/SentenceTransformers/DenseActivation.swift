internal import RealModule
internal import Tensor

/// An activation of `torch.nn` that its constructor makes without arguments, as the `Dense` module
/// names it.
struct DenseActivation: Sendable {
  /// The part that the kernels do.
  private(set) var kernel = Activation.none
  private var element: (@Sendable (Float) -> Float)?
  private var isSoftmax = false

  /// Nil for a name of another package, or a module that is not an activation without arguments.
  init?(_ name: String) {
    guard name.hasPrefix("torch."), let type = name.split(separator: ".").last else { return nil }
    switch type {
    case "Identity": break
    case "Tanh": kernel = .tanh
    case "ReLU": kernel = .relu
    case "GELU": kernel = .gelu
    case "Sigmoid": kernel = .logistic
    case "SiLU": kernel = .silu
    case "Softmax": isSoftmax = true
    case "ReLU6": element = { min(max($0, 0), 6) }
    case "LeakyReLU": element = { $0 < 0 ? 0.01 * $0 : $0 }
    case "ELU", "CELU": element = { $0 < 0 ? Float.expMinusOne($0) : $0 }
    case "SELU":
      element = {
        1.0507009873554805 * ($0 < 0 ? 1.6732632423543772 * Float.expMinusOne($0) : $0)
      }
    case "Mish": element = { $0 * Float.tanh(Self.softplus($0)) }
    case "Softplus": element = { Self.softplus($0) }
    case "Softsign": element = { $0 / (1 + abs($0)) }
    case "Softshrink": element = { $0 > 0.5 ? $0 - 0.5 : $0 < -0.5 ? $0 + 0.5 : 0 }
    case "Tanhshrink": element = { $0 - Float.tanh($0) }
    case "Hardtanh": element = { min(max($0, -1), 1) }
    case "Hardsigmoid": element = { min(max($0 + 3, 0), 6) / 6 }
    case "Hardswish": element = { $0 * min(max($0 + 3, 0), 6) / 6 }
    case "Hardshrink": element = { abs($0) > 0.5 ? $0 : 0 }
    case "LogSigmoid": element = { min($0, 0) - Float.log(onePlus: Float.exp(-abs($0))) }
    default: return nil
    }
  }

  /// What is left to do when the kernel has run.
  func finish(_ vector: [Float]) -> [Float] {
    if isSoftmax {
      let greatest = vector.max() ?? 0
      let powers = vector.map { Float.exp($0 - greatest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
    guard let element else { return vector }
    return vector.map(element)
  }

  /// `log(1 + exp(x))`, and x itself above 20, as in PyTorch.
  private static func softplus(_ x: Float) -> Float {
    x > 20 ? x : Float.log(onePlus: Float.exp(x))
  }
}
