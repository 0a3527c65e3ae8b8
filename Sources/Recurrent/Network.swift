import Tensor

/// The network as it runs: characters by table, words through both recurrences, attention, dense
/// layers. The tests have the same in plain formulas.
struct Network: Sendable {
  let configuration: NetworkConfiguration
  private let weights: NetworkWeights
  /// One thread: texts are shared out among threads, not the steps of a text.
  private let processor: Processor
  private let convolutions: [CharacterConvolution]
  /// Both directions' input kernels, `[8 · units, size]`.
  private let input: Projection
  private let forward, backward: RecurrentLayer
  private let attention: Projection
  private let score: DenseWeights
  private let dense: [Projection]
  private let output: Projection

  init(
    _ configuration: NetworkConfiguration, _ weights: NetworkWeights, _ precision: Precision,
    on processor: Processor
  ) {
    let c = configuration
    let kernels = processor.kernels
    self.processor = processor
    self.configuration = c
    self.weights = weights
    let embedding = Matrix(
      weights.characters, rows: c.characterCount, columns: c.characterSize)
    convolutions = zip(c.convolutions, weights.convolutions).map {
      CharacterConvolution($0, $1, embedding: embedding, kernels)
    }
    func projection(
      _ layer: NetworkWeights.Layer, inputs: Int, _ precision: Precision
    ) -> Projection {
      let outputs = layer.bias.count
      return Projection(
        weights: Matrix(layer.kernel, rows: outputs, columns: inputs),
        bias: Matrix(layer.bias, rows: 1, columns: outputs), precision: precision,
        bits: 8, kernels: kernels)
    }
    input = projection(
      .init(
        kernel: weights.forward.kernel + weights.backward.kernel,
        bias: weights.forward.bias + weights.backward.bias), inputs: c.wordSize, precision)
    forward = RecurrentLayer(weights.forward, c)
    backward = RecurrentLayer(weights.backward, c)
    attention = projection(weights.attention, inputs: 2 * c.units, precision)
    score = DenseWeights(
      weights: Matrix(weights.score, rows: 1, columns: c.attentionUnits), bias: nil,
      kernels: kernels)
    var inputs = c.joinedSize
    dense = weights.dense.map { layer in
      defer { inputs = layer.bias.count }
      return projection(layer, inputs: inputs, precision)
    }
    // It has a few rows only, and every score comes from it.
    output = projection(weights.output, inputs: inputs, .float32)
  }

  /// Scores of one text, `[labels]`. Ids are in range.
  func scores(_ text: PreparedText, _ workspace: Workspace) -> [Float] {
    let c = configuration
    let words = c.words(text.words, filling: .listed(0))
    let joined = workspace.matrix(rows: 1, columns: c.joinedSize)
    let features = joined.columns - 2 * c.units
    pool(padded(text.characters), into: joined[columns: 0..<features])
    attend(words, workspace, into: joined[columns: features..<joined.columns])

    var x = joined
    for (layer, shape) in zip(dense, c.dense) {
      let y = workspace.matrix(rows: 1, columns: shape.units)
      layer(
        x, activation: shape.activation.kernel ?? .none, into: y, workspace, on: processor)
      if shape.activation.kernel == nil { y.mapRow(0) { shape.activation($0) } }
      x = y
    }
    let y = workspace.matrix(rows: 1, columns: c.labels.count)
    output(
      x, activation: c.output == .sigmoid ? .logistic : .none, into: y, workspace, on: processor)
    if c.output == .softmax { processor.kernels.softmax(y) }
    return y[row: 0]
  }

  /// The features of all convolutions, `[1, filters of all]`.
  private func pool(_ characters: [Int32], into features: Matrix) {
    var place = 0
    for (shape, convolution) in zip(configuration.convolutions, convolutions) {
      convolution.pool(
        characters, isMasked: configuration.characters.isMasked,
        into: features[columns: place..<place + shape.filters])
      place += shape.filters
    }
  }

  /// Ids at the configured length, and no shorter than a window without padding.
  private func padded(_ ids: [Int32]) -> [Int32] {
    let ids = configuration.characters(ids, filling: 0)
    let widest =
      configuration.convolutions.lazy.filter { $0.padding == .valid }
      .map(\.width).max() ?? 0
    guard ids.count < widest else { return ids }
    return ids + [Int32](repeating: 0, count: widest - ids.count)
  }

  /// The attended states of the words, `[1, 2 · units]`; zeros where no word counts.
  private func attend(
    _ words: [PreparedText.Word], _ workspace: Workspace, into context: Matrix
  ) {
    let c = configuration
    let count = words.count
    let kernels = processor.kernels
    let isReal = words.map { $0 != .listed(0) }
    context.fill(0)
    guard !words.isEmpty, !c.attentionIsMasked || isReal.contains(true) else { return }
    let vectors = workspace.matrix(rows: count, columns: c.wordSize)
    for (index, word) in words.enumerated() { weights.copy(word, into: vectors, row: index) }
    let inputs = workspace.matrix(rows: count, columns: 8 * c.units)
    input(vectors, into: inputs, workspace, on: processor)

    let states = workspace.matrix(rows: count, columns: 2 * c.units)
    let isPresent = c.words.isMasked ? isReal : [Bool](repeating: true, count: count)
    forward(
      inputs[columns: 0..<4 * c.units], isPresent: isPresent, isReversed: false,
      RecurrentLayer.State(workspace, units: c.units), kernels,
      into: states[columns: 0..<c.units])
    backward(
      inputs[columns: 4 * c.units..<8 * c.units], isPresent: isPresent, isReversed: true,
      RecurrentLayer.State(workspace, units: c.units), kernels,
      into: states[columns: c.units..<2 * c.units])

    let hidden = workspace.matrix(rows: count, columns: c.attentionUnits)
    attention(states, activation: .tanh, into: hidden, workspace, on: processor)
    let energies = workspace.matrix(rows: 1, columns: count)
    kernels.dense(hidden, score, into: energies.rowAsColumn)
    if c.attentionIsMasked {
      for (index, isReal) in isReal.enumerated() where !isReal { energies[0, index] = -1e30 }
    }
    kernels.softmax(energies)
    let mean = workspace.matrix(rows: 1, columns: 2 * c.units)
    kernels.multiply(energies, states, into: mean)
    context.set(row: 0, from: mean, row: 0)
  }
}
