internal import JSON
internal import Safetensors
internal import Tensor

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A dense layer on the pooled vector: sentence-transformers' `Dense` module.
struct DenseModule: Sendable {
  private let weights: DenseWeights
  private let activation: Activation

  init(_ folder: URL, _ kernels: Kernels) throws(TransformerError) {
    let file = try ConfigurationFile(folder.appending(path: "config.json"))
    let read = try file.read { json throws(JSONError) in
      (
        inputs: try json.int("in_features"), outputs: try json.int("out_features"),
        bias: try json.optionalBool("bias") ?? true,
        activation: try json.optionalString("activation_function")
          ?? "torch.nn.modules.activation.Tanh"
      )
    }
    let limit = 1 << 24
    guard (1..<limit).contains(read.inputs), (1..<limit).contains(read.outputs) else {
      throw file.unsupported("in_features, out_features", "\(read.inputs), \(read.outputs)")
    }
    switch read.activation.split(separator: ".").last {
    case "Tanh": activation = .tanh
    case "Identity": activation = .none
    case "ReLU": activation = .relu
    case "GELU": activation = .gelu
    case "Sigmoid": activation = .logistic
    default: throw file.unsupported("activation_function", read.activation)
    }
    do {
      let checkpoint = try Checkpoint(contentsOf: folder)
      weights = try checkpoint.scope("linear").dense(
        inputs: read.inputs, outputs: read.outputs, hasBias: read.bias, kernels: kernels)
    } catch let error as SafetensorsError {
      throw .weights(error)
    } catch let error as TransformerError {
      throw error
    } catch { throw .unreadable(file: folder.path, reason: "\(error)") }
  }

  /// - Throws: ``TransformerError/inconsistent(file:reason:)`` unless the vector has its inputs.
  func callAsFunction(_ vector: [Float], _ kernels: Kernels) -> [Float] {
    let y = Matrix(rows: 1, columns: weights.outputs)
    kernels.dense(
      Matrix(vector, rows: 1, columns: vector.count), weights, activation: activation, into: y)
    return y[row: 0]
  }

  var inputs: Int { weights.inputs }
  var outputs: Int { weights.outputs }
}
