internal import JSON
internal import Platform
internal import Safetensors
internal import Tensor

/// A layer norm of the pooled vector: sentence-transformers' `LayerNorm` module.
struct LayerNormModule: Sendable {
  private let weight: [Float]
  private let bias: [Float]

  /// - Parameter inputs: elements of the vector that it gets
  init(_ folder: URL, inputs: Int) throws(TransformerError) {
    let file = try ConfigurationFile(folder.appending(path: "config.json"))
    let dimension = try file.read { json throws(JSONError) in try json.int("dimension") }
    guard dimension == inputs else {
      throw .inconsistent(
        file: file.path, reason: "LayerNorm takes \(dimension) inputs, but gets \(inputs)")
    }
    do {
      let norm = try Checkpoint(contentsOf: folder).scope("norm")
      weight = try norm.floats("weight", shape: [dimension])
      bias = try norm.floats("bias", shape: [dimension])
    } catch { throw .weights(error) }
  }

  /// `(x − mean) / √(variance + 1e-5) · weight + bias`, the constant being PyTorch's.
  func callAsFunction(_ vector: [Float]) -> [Float] {
    let count = Float(vector.count)
    let mean = vector.reduce(0, +) / count
    let variance = vector.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let scale = 1 / (variance + 1e-5).squareRoot()
    return vector.indices.map { (vector[$0] - mean) * scale * weight[$0] + bias[$0] }
  }
}
