public import Platform
internal import Safetensors
public import Tensor
public import Transformer

/// A model whose layers are rounded, ready to be written. `PreparedLayer` has the format.
public struct PreparedModel {
  let model: ModelFolder
  /// The name of the table of words in the checkpoint.
  let words: String
  /// Every layer that was to be rounded, in the order of their names.
  let layers: [Linear]
  /// The tolerance of ``ModelQuantizer`` that gave the reports.
  public let tolerance: Double
  /// Of the CPUs that the plan is made for.
  public let instructionSet: InstructionSet
  public let reports: [SiteReport]

  init(
    _ model: ModelFolder, words: String, layers: [Linear], tolerance: Double,
    instructionSet: InstructionSet, reports: [SiteReport]
  ) {
    self.model = model
    self.words = words
    self.layers = layers.sorted { $0.path + "." < $1.path + "." }
    self.tolerance = tolerance
    self.instructionSet = instructionSet
    self.reports = reports
  }

  private enum Content {
    case bytes(StoredTensor)
    case half(StoredTensor)
    case packed(QuantizedWeights)
    case scales(QuantizedWeights)
    case bias(QuantizedWeights)
    case layout([Int])
  }

  /// Writes `model.safetensors`: rounded layers as they run, the table of words in float16, everything
  /// else as it was.
  ///
  /// - Throws: `TransformerError` that names the file or tensor.
  public func write(to url: URL) throws(TransformerError) {
    let contents: [(tensor: SafetensorsWriter.Announcement, content: Content)]
    do {
      contents = try packedWeights() + otherTensors() + layouts()
      var writer = try SafetensorsWriter(
        url, tensors: contents.map(\.tensor), metadata: ["format": "pt"])
      for (_, content) in contents { try Self.write(content, to: &writer) }
      try writer.finish()
    } catch {
      throw .weights(error)
    }
  }

  private typealias Tensors = [(tensor: SafetensorsWriter.Announcement, content: Content)]

  private var rounded: [(linear: Linear, weights: QuantizedWeights, digits: Int)] {
    layers.compactMap { linear in
      if case .int8(let weights, let digits) = linear.weights {
        (linear, weights, digits)
      } else {
        nil
      }
    }
  }

  /// The packed weights, which come first: their sizes keep them on boundaries of 64 bytes.
  private func packedWeights() -> Tensors {
    rounded.flatMap { linear, weights, _ -> Tensors in
      [
        (
          .init(
            "\(linear.path).\(PreparedLayer.weights)", .uint8,
            PreparedLayer.shape(outputs: weights.outputs, inputs: weights.inputs)), .packed(weights)
        ),
        (
          .init(
            "\(linear.path).\(PreparedLayer.scales)", .float32, [weights.scales.columns]),
          .scales(weights)
        ),
      ]
    }
  }

  /// The tensors of the checkpoint, without the float weights of rounded layers and with their new biases.
  private func otherTensors() throws(SafetensorsError) -> Tensors {
    var biases: [String: QuantizedWeights] = [:]
    for (linear, weights, _) in rounded { biases["\(linear.path).bias"] = weights }
    let replaced = Set(rounded.flatMap(\.linear.sources))
    var tensors: Tensors = []
    for name in model.checkpoint.names {
      let tensor = try model.checkpoint.tensor(named: name)
      if let weights = biases.removeValue(forKey: name) {
        tensors.append((.init(name, .float32, [weights.outputs]), .bias(weights)))
      } else if name == words, tensor.elementType == .float32 {
        tensors.append((.init(name, .float16, tensor.shape), .half(tensor)))
      } else if !replaced.contains(name) {
        tensors.append((.init(name, tensor.elementType, tensor.shape), .bytes(tensor)))
      }
    }
    for (name, weights) in biases.sorted(by: { $0.key < $1.key }) {
      tensors.append((.init(name, .float32, [weights.outputs]), .bias(weights)))
    }
    return tensors
  }

  private func layouts() -> Tensors {
    layers.map { linear in
      let layout =
        switch linear.weights {
        case .int8(let weights, let digits): [weights.bits, digits, weights.isNarrow ? 1 : 0]
        case .float32: PreparedLayer.float32
        }
      return (
        .init("\(linear.path).\(PreparedLayer.layout)", .int64, [3]), .layout(layout)
      )
    }
  }

  private static func write(
    _ content: Content, to writer: inout SafetensorsWriter
  ) throws(SafetensorsError) {
    switch content {
    case .bytes(let tensor): try writer.write(tensor.bytes())
    case .half(let tensor): try writer.write(try tensor.floats().map { Float16($0).bitPattern })
    case .packed(let weights):
      try writer.write(unsafe weights.packed.withUnsafeBytes { bytes in unsafe Array(bytes) })
    case .scales(let weights): try writer.write(weights.scales.elements)
    case .bias(let weights):
      try writer.write(Array(weights.bias.elements.prefix(weights.outputs)))
    case .layout(let layout): try writer.write(layout.map { Int64($0) })
    }
  }
}
