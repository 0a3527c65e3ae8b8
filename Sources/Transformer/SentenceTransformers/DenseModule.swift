internal import JSON
internal import Platform
internal import Safetensors
internal import Tensor

/// A dense layer on the pooled vector: sentence-transformers' `Dense` module.
struct DenseModule: Sendable {
  private let weights: DenseWeights
  private let activation: DenseActivation

  /// - Parameter inputs: elements of the vector that it gets
  init(_ folder: URL, inputs: Int, _ kernels: Kernels) throws(TransformerError) {
    let file = try ConfigurationFile(folder.appending(path: "config.json"))
    let read = try file.read { json throws(JSONError) in
      (
        inputs: try json.int("in_features"), outputs: try json.int("out_features"),
        bias: try json.optionalBool("bias") ?? true,
        activation: try json.optionalString("activation_function"),
        input: try json.optionalString("module_input_name") ?? "sentence_embedding",
        output: try json.optionalString("module_output_name") ?? "sentence_embedding"
      )
    }
    let limit = 1 << 24
    guard (1..<limit).contains(read.inputs), (1..<limit).contains(read.outputs) else {
      throw file.unsupported("in_features, out_features", "\(read.inputs), \(read.outputs)")
    }
    guard read.inputs == inputs else {
      throw .inconsistent(
        file: file.path, reason: "Dense takes \(read.inputs) inputs, but gets \(inputs)")
    }
    for (key, name) in [("module_input_name", read.input), ("module_output_name", read.output)]
    where name != "sentence_embedding" { throw file.unsupported(key, name) }
    let name = read.activation ?? "torch.nn.modules.activation.Tanh"
    guard let activation = DenseActivation(name) else {
      throw file.unsupported("activation_function", name)
    }
    self.activation = activation
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

  /// - Parameter vector: as many elements as the layer has inputs
  /// - Returns: ``outputs`` elements
  func callAsFunction(_ vector: [Float], _ kernels: Kernels) -> [Float] {
    let y = Matrix(rows: 1, columns: weights.outputs)
    kernels.dense(
      Matrix(vector, rows: 1, columns: vector.count), weights, activation: activation.kernel,
      into: y)
    return activation.finish(y[row: 0])
  }

  var outputs: Int { weights.outputs }
}
