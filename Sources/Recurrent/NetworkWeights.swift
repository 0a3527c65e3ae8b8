import Safetensors
import Tensor

/// The tensors of a network as float32, checked against its configuration.
///
/// | Tensor | Shape |
/// |---|---|
/// | `characters.embedding` | count, size |
/// | `characters.convolutions.N.kernel`, `.bias` | width, filters, size; filters |
/// | `words.embedding`, `words.subwords` | count, size; buckets, size |
/// | `words.forward.kernel`, `.recurrent`, `.bias` | 4 · units, size; units, 4 · units; 4 · units |
/// | `words.backward.…` | the same |
/// | `words.attention.kernel`, `.bias`, `.score` | attention, 2 · units; attention; attention |
/// | `dense.N.kernel`, `.bias` | outputs, inputs; outputs |
/// | `output.kernel`, `.bias` | labels, inputs; labels |
///
/// Gates follow each other as input, forget, cell, output. Joined features are the convolutions in
/// order, then the words: forward, then backward half.
struct NetworkWeights: Sendable {
  struct Layer: Sendable {
    let kernel: [Float]
    let bias: [Float]
  }

  struct Direction: Sendable {
    let kernel: [Float]
    let recurrent: [Float]
    let bias: [Float]
  }

  let characters: [Float]
  let convolutions: [Layer]
  let words: EmbeddingTable
  let subwords: EmbeddingTable?
  let forward, backward: Direction
  let attention: Layer
  let score: [Float]
  let dense: [Layer]
  let output: Layer

  init(
    _ root: CheckpointScope, _ configuration: NetworkConfiguration
  ) throws(SafetensorsError) {
    let c = configuration
    characters = try root.floats(
      "characters.embedding", shape: [c.characterCount, c.characterSize])
    var convolutions: [Layer] = []
    for (index, convolution) in c.convolutions.enumerated() {
      let scope = root["characters.convolutions"][index]
      convolutions.append(
        Layer(
          kernel: try scope.floats(
            "kernel", shape: [convolution.width, convolution.filters, c.characterSize]),
          bias: try scope.floats("bias", shape: [convolution.filters])))
    }
    self.convolutions = convolutions

    words = EmbeddingTable(
      try root.tensor(
        "words.embedding", shape: [c.wordCount, c.wordSize], types: EmbeddingTable.types))
    if let buckets = c.subwordBuckets {
      subwords = EmbeddingTable(
        try root.tensor(
          "words.subwords", shape: [buckets, c.wordSize], types: EmbeddingTable.types)
      )
    } else {
      subwords = nil
    }
    forward = try Self.direction(root["words.forward"], c)
    backward = try Self.direction(root["words.backward"], c)
    attention = try Self.layer(root["words.attention"], c.attentionUnits, inputs: 2 * c.units)
    score = try root.floats("words.attention.score", shape: [c.attentionUnits])

    var inputs = c.joinedSize
    var dense: [Layer] = []
    for (index, layer) in c.dense.enumerated() {
      dense.append(try Self.layer(root["dense"][index], layer.units, inputs: inputs))
      inputs = layer.units
    }
    self.dense = dense
    output = try Self.layer(root["output"], c.labels.count, inputs: inputs)
    try root.requireAllConsumed()
  }

  private static func layer(
    _ scope: CheckpointScope, _ outputs: Int, inputs: Int
  ) throws(SafetensorsError) -> Layer {
    Layer(
      kernel: try scope.floats("kernel", shape: [outputs, inputs]),
      bias: try scope.floats("bias", shape: [outputs]))
  }

  private static func direction(
    _ scope: CheckpointScope, _ c: NetworkConfiguration
  ) throws(SafetensorsError) -> Direction {
    Direction(
      kernel: try scope.floats("kernel", shape: [4 * c.units, c.wordSize]),
      recurrent: try scope.floats("recurrent", shape: [c.units, 4 * c.units]),
      bias: try scope.floats("bias", shape: [4 * c.units]))
  }
}

/// Rows of a mapped matrix, widened as they are read: a text touches a few of many thousands.
struct EmbeddingTable: Sendable {
  static let types: Set<ElementType> = [.float32, .float16]

  private let tensor: StoredTensor
  private let size: Int
  let count: Int

  /// `tensor` is a matrix of one of ``types``.
  init(_ tensor: StoredTensor) {
    self.tensor = tensor
    count = tensor.shape.first ?? 0
    size = tensor.shape.last ?? 0
  }

  /// `vector += scale · row`.
  func add(row: Int, scaledBy scale: Float, to vector: inout MutableSpan<Float>) {
    precondition(row >= 0 && row < count && vector.count == size)
    unsafe tensor.withUnsafeBytes { bytes in
      if tensor.elementType == .float16 {
        for k in 0..<size {
          let bits = unsafe bytes.loadUnaligned(
            fromByteOffset: (row * size + k) * 2, as: UInt16.self)
          vector[k] += scale * HalfPrecision.float(float16: bits)
        }
      } else {
        for k in 0..<size {
          let value = unsafe bytes.loadUnaligned(
            fromByteOffset: (row * size + k) * 4, as: Float.self)
          vector[k] += scale * value
        }
      }
    }
  }
}

extension NetworkWeights {
  /// Copies a word's vector into a row: its own, or the unknown word's and the mean of its subwords'.
  func copy(_ word: PreparedText.Word, into vectors: Matrix, row: Int) {
    vectors.withMutableRow(row) { vector in
      for k in vector.indices { vector[k] = 0 }
      switch word {
      case .listed(let id): words.add(row: Int(id), scaledBy: 1, to: &vector)
      case .unknown(let buckets):
        words.add(row: min(1, words.count - 1), scaledBy: 1, to: &vector)
        guard let subwords else { return }
        for bucket in buckets {
          subwords.add(row: Int(bucket), scaledBy: 1 / Float(buckets.count), to: &vector)
        }
      }
    }
  }
}
