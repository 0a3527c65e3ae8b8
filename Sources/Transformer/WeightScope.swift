internal import Safetensors
internal import Tensor

/// The tensors of a checkpoint below a prefix, as the parts of an encoder want them.
///
/// Each method checks the shape of what it reads, and names the whole path of the tensor in its error.
struct WeightScope {
  private(set) var tensors: CheckpointScope
  let precision: Precision
  /// Of a weight that is rounded to int8 here: 7, which AVX2 multiplies twice as fast, or 8.
  private var bits = 7
  let processor: Processor

  init(_ tensors: CheckpointScope, precision: Precision, processor: Processor) {
    self.tensors = tensors
    self.precision = precision
    self.processor = processor
  }

  /// The scope one or more levels down: `weights["encoder.layer"]`.
  subscript(_ name: String) -> WeightScope {
    var scope = self
    scope.tensors = tensors[name]
    return scope
  }

  /// The same for a layer that loses the most by rounding for the work that it does. That is attention's
  /// values: a twelfth of BERT's multiplications, and a third of the loss of all-MiniLM-L6-v2.
  var finer: WeightScope {
    var scope = self
    scope.bits = 8
    return scope
  }

  subscript(_ index: Int) -> WeightScope { self[String(index)] }

  func contains(_ name: String) -> Bool { tensors.contains(name) }

  /// A linear layer in the precision that the encoder runs in.
  func linear(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true
  ) throws(TransformerError) -> Linear {
    try linear(
      name, weight: TensorRows("\(name).weight", all: outputs),
      bias: hasBias ? TensorRows("\(name).bias", all: outputs) : nil, inputs: inputs)
  }

  /// A linear layer whose weights are some rows of a tensor, such as the queries' of one that holds
  /// queries, keys and values.
  ///
  /// - Parameter name: what a prepared model calls the layer; it need not be in the checkpoint
  func linear(
    _ name: String, weight: TensorRows, bias: TensorRows? = nil, inputs: Int
  ) throws(TransformerError) -> Linear {
    let scope = tensors[name]
    let sources = [weight.name] + (bias.map { [$0.name] } ?? [])
    return Linear(
      path: String(scope.prefix.dropLast()), sources: sources.map(tensors.path),
      weights: try projection(scope, weight, bias, inputs: inputs))
  }

  private func projection(
    _ scope: CheckpointScope, _ weight: TensorRows, _ bias: TensorRows?, inputs: Int
  ) throws(TransformerError) -> Projection {
    var precision = precision
    if scope.contains(PreparedLayer.layout) {
      guard precision == .int8 else { throw .preparedForInt8(file: scope.checkpoint.path) }
      let prepared = try PreparedLayer.read(
        scope, inputs: inputs, outputs: weight.wantedCount, hasBias: bias != nil)
      if let prepared { return prepared }
      precision = .float32
    }
    let bias = try bias.map { (bias) throws(TransformerError) in
      bias.elements(of: try tensors.vector(bias.name, bias.count))
    }
    return try tensors.matrix(weight.name, rows: weight.count, columns: inputs) {
      Projection(
        weights: weight.rows(of: $0), bias: bias, precision: precision, bits: bits,
        kernels: processor.kernels)
    }
  }

  /// A linear layer whose weights are one of several parts of a tensor, one below the other.
  ///
  /// - Parameter outputs: rows of each part
  func linear(
    _ name: String, part index: Int, of count: Int, in tensor: String, inputs: Int, outputs: Int,
    hasBias: Bool
  ) throws(TransformerError) -> Linear {
    let rows = index * outputs..<(index + 1) * outputs
    func part(_ kind: String) -> TensorRows {
      TensorRows("\(tensor).\(kind)", rows: rows, of: count * outputs)
    }
    return try linear(
      name, weight: part("weight"), bias: hasBias ? part("bias") : nil, inputs: inputs)
  }

  /// A linear layer that is always float32, such as those of a head.
  func dense(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true
  ) throws(TransformerError) -> DenseWeights {
    try tensors[name].dense(
      inputs: inputs, outputs: outputs, hasBias: hasBias, kernels: processor.kernels)
  }

  /// `[rows, columns]`, float32.
  func matrix(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> Matrix {
    try tensors.matrix(name, rows: rows, columns: columns)
  }

  /// A tensor of another shape as `[rows, columns]`, float32.
  func matrix(
    _ name: String, shape: [Int], rows: Int, columns: Int
  ) throws(TransformerError) -> Matrix {
    try tensors.matrix(name, shape: shape, rows: rows, columns: columns)
  }

  /// A vector of integers of any type.
  func integers(_ name: String, count: Int) throws(TransformerError) -> [Int] {
    do {
      return try tensors.tensor(name, shape: [count]).int64s().map { Int($0) }
    } catch {
      throw .weights(error)
    }
  }

  func words(_ name: String, rows: Int, columns: Int) throws(TransformerError) -> WordTable {
    try WordTable(tensors, name, rows: rows, columns: columns)
  }

  func layerNorm(
    _ name: String, size: Int, epsilon: Float, hasBias: Bool = true
  ) throws(TransformerError) -> Norm {
    .layer(try LayerNorm(tensors[name], size: size, epsilon: epsilon, hasBias: hasBias))
  }

  /// - Parameter offset: what is added to the weights of the file: 1 where they are stored less one
  func rmsNorm(
    _ name: String, size: Int, epsilon: Float, offset: Float = 0
  ) throws(TransformerError) -> Norm {
    .rms(try RMSNorm(tensors[name], size: size, epsilon: epsilon, offset: offset))
  }

  /// The layers of a list, read by several threads: weights are laid out, or rounded, as they are read.
  func layers(
    _ count: Int, _ layer: (WeightScope) throws(TransformerError) -> TransformerLayer
  ) throws(TransformerError) -> [TransformerLayer] {
    try layers(count) { (weights, _) throws(TransformerError) in try layer(weights) }
  }

  /// The layers of a list whose layers differ, each by its index.
  func layers(
    _ count: Int, _ layer: (WeightScope, Int) throws(TransformerError) -> TransformerLayer
  ) throws(TransformerError) -> [TransformerLayer] {
    try processor.map(count) { (index) throws(TransformerError) in try layer(self[index], index) }
  }

  /// Allows a tensor to be in the checkpoint though nobody reads it.
  func ignore(_ name: String) { tensors.ignore(name) }
}

/// Some rows of a matrix of the checkpoint, or some elements of a vector.
struct TensorRows {
  let name: String
  /// Those that the tensor has.
  let count: Int
  /// Those that are wanted; nil: all.
  private let wanted: [Int]?

  init(_ name: String, all count: Int) {
    self.name = name
    self.count = count
    wanted = nil
  }

  init(_ name: String, rows: some Sequence<Int>, of count: Int) {
    self.name = name
    self.count = count
    wanted = Array(rows)
  }

  var wantedCount: Int { wanted?.count ?? count }

  /// - Parameter matrix: `[count, columns]`
  func rows(of matrix: Matrix) -> Matrix {
    guard let wanted else { return matrix }
    let rows = Matrix(rows: wanted.count, columns: matrix.columns)
    for (index, row) in wanted.enumerated() { rows.set(row: index, from: matrix, row: row) }
    return rows
  }

  /// - Parameter vector: `[1, count]`
  func elements(of vector: Matrix) -> Matrix {
    guard let wanted else { return vector }
    return Matrix(wanted.map { vector[0, $0] }, rows: 1, columns: wanted.count)
  }
}
