import RealModule
import Tensor

extension TreeEnsemble {
  /// How the sums become outputs.
  enum Objective: Sendable, Equatable, CustomStringConvertible {
    case binary(sigmoid: Double)
    case softmax
    case oneVersusAll(sigmoid: Double)
    case crossEntropy
    case crossEntropyLambda
    /// A regression or ranking objective whose output is the sum.
    case identity(String)
    /// `regression sqrt`: trained on square roots.
    case signedSquare(String)
    /// Poisson, gamma, Tweedie.
    case exponential(String)
    /// A custom objective: the file has no name for it.
    case none

    var description: String {
      switch self {
      case .binary: "binary"
      case .softmax: "multiclass"
      case .oneVersusAll: "multiclassova"
      case .crossEntropy: "cross_entropy"
      case .crossEntropyLambda: "cross_entropy_lambda"
      case .identity(let name), .signedSquare(let name), .exponential(let name): name
      case .none: "custom"
      }
    }

    /// - Parameter values: [rows, outputs]
    func convert(_ values: inout [Double], outputs: Int) {
      switch self {
      case .binary(let sigmoid), .oneVersusAll(let sigmoid):
        for index in values.indices { values[index] = (sigmoid * values[index]).logistic }
      case .crossEntropy: values.apply(.logistic)
      case .softmax: values.applySoftmax(columns: outputs)
      case .crossEntropyLambda:
        // LightGBM's formula of log(1 + e^x): infinite where e^x is.
        for index in values.indices { values[index] = .log(onePlus: .exp(values[index])) }
      case .signedSquare:
        for index in values.indices {
          let value = values[index]
          values[index] = value < 0 ? -value * value : value * value
        }
      case .exponential:
        for index in values.indices { values[index] = .exp(values[index]) }
      case .identity, .none: break
      }
    }
  }
}
