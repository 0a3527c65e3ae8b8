internal import Safetensors
internal import Tensor

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A model whose layers are rounded, ready to be written. See ``PreparedLayer`` for the format.
public struct PreparedModel {
  enum Layer {
    case int8(QuantizedWeights, digits: Int)
    /// As it was.
    case float32
  }

  let model: ModelFolder
  /// By the prefix of their names.
  let layers: [String: Layer]
  /// What ``ModelQuantizer`` took for its tolerance.
  public let tolerance: Double
  public let reports: [ModelQuantizer.SiteReport]

  private enum Content {
    case bytes(StoredTensor)
    case half(StoredTensor)
    case packed(QuantizedWeights)
    case scales(QuantizedWeights)
    case bias(QuantizedWeights)
    case layout(Layer)
  }

  /// Writes `model.safetensors`: rounded layers as they run, tables of embeddings in float16,
  /// everything else as it was.
  public func write(to url: URL) throws(TransformerError) {
    var announced: [SafetensorsWriter.Announcement] = []
    var contents: [Content] = []
    func add(_ name: String, _ type: ElementType, _ shape: [Int], _ content: Content) {
      announced.append(.init(name, type, shape))
      contents.append(content)
    }
    // The packed weights first: sizes that keep them on boundaries of 64 bytes.
    for (prefix, layer) in layers.sorted(by: { $0.key < $1.key }) {
      guard case .int8(let weights, _) = layer else { continue }
      add(
        prefix + PreparedLayer.weights, .uint8,
        PreparedLayer.shape(outputs: weights.outputs, inputs: weights.inputs), .packed(weights))
      add(prefix + PreparedLayer.scales, .float32, [weights.scales.columns], .scales(weights))
    }
    do {
      for name in model.checkpoint.names {
        let tensor = try model.checkpoint.tensor(named: name)
        if let dot = name.lastIndex(of: "."),
          case .int8(let weights, _) = layers[String(name[...dot])]
        {
          if name[dot...] == ".bias" { add(name, .float32, tensor.shape, .bias(weights)) }
          continue
        }
        let isTable = name.hasSuffix("word_embeddings.weight") && tensor.elementType == .float32
        add(
          name, isTable ? .float16 : tensor.elementType, tensor.shape,
          isTable ? .half(tensor) : .bytes(tensor))
      }
      for (prefix, layer) in layers.sorted(by: { $0.key < $1.key }) {
        add(prefix + PreparedLayer.layout, .int64, [3], .layout(layer))
      }
      var writer = try SafetensorsWriter(url, tensors: announced, metadata: ["format": "pt"])
      for content in contents { try Self.write(content, to: &writer) }
      try writer.finish()
    } catch {
      throw .weights(error)
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
    case .layout(.int8(let weights, let digits)):
      try writer.write([weights.bits, digits, weights.isNarrow ? 1 : 0].map { Int64($0) })
    case .layout(.float32): try writer.write(PreparedLayer.float32.map { Int64($0) })
    }
  }
}
