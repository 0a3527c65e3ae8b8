import Tensor

/// The network as it runs: characters by table, words through both recurrences, attention, dense
/// layers. ``ReferenceNetwork`` says the same in plain formulas.
struct Network: Sendable {
  let configuration: NetworkConfiguration
  private let weights: NetworkWeights
  private let kernels: Kernels
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
    _ kernels: Kernels
  ) {
    let c = configuration
    self.configuration = c
    self.weights = weights
    self.kernels = kernels
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
        bias: Matrix(layer.bias, rows: 1, columns: outputs), precision: precision)
    }
    input = projection(
      .init(
        kernel: weights.forward.kernel + weights.backward.kernel,
        bias: weights.forward.bias + weights.backward.bias), inputs: c.wordSize, precision)
    forward = RecurrentLayer(weights.forward, c)
    backward = RecurrentLayer(weights.backward, c)
    attention = projection(weights.attention, inputs: 2 * c.units, precision)
    score = DenseWeights(
      weights: Matrix(weights.score, rows: 1, columns: c.attentionUnits), bias: nil)
    var inputs = c.joinedSize
    dense = weights.dense.map { layer in
      defer { inputs = layer.bias.count }
      return projection(layer, inputs: inputs, precision)
    }
    // A handful of rows, and what decides.
    output = projection(weights.output, inputs: inputs, .float32)
  }

  /// Scores of one text, `[labels]`. Ids are in range.
  func scores(_ text: PreparedText, _ workspace: Workspace) -> [Float] {
    let c = configuration
    let characters = padded(text.characters)
    let words = c.words(text.words, filling: .listed(0))
    workspace.reset(count: size(words: words.count))

    let joined = workspace.matrix(1, c.joinedSize)
    var place = 0
    unsafe characters.withUnsafeBufferPointer { ids in
      for (shape, convolution) in zip(c.convolutions, convolutions) {
        unsafe convolution.pool(
          ids, isMasked: c.characters.isMasked,
          into: UnsafeMutableBufferPointer(
            rebasing: joined.floats[place..<(place + shape.filters)]))
        place += shape.filters
      }
    }
    if !words.isEmpty {
      attend(words, workspace, into: joined.matrix[columns: place..<c.joinedSize])
    }

    var x = joined.matrix
    for (layer, shape) in zip(dense, c.dense) {
      let y = workspace.matrix(1, shape.units)
      workspace.apply(
        layer, to: x, activation: shape.activation.kernel ?? .none, into: y.matrix, kernels)
      if shape.activation.kernel == nil {
        for k in 0..<shape.units { unsafe y.floats[k] = shape.activation(y.floats[k]) }
      }
      x = y.matrix
    }
    let y = workspace.matrix(1, c.labels.count)
    workspace.apply(
      output, to: x, activation: c.output == .sigmoid ? .logistic : .none, into: y.matrix, kernels)
    if c.output == .softmax { kernels.softmax(y.matrix) }
    return y.matrix[row: 0]
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

  /// The attended states of the words, added into `context`, `[1, 2 · units]`, which is zero.
  private func attend(
    _ words: [PreparedText.Word], _ workspace: Workspace, into context: Matrix
  ) {
    let c = configuration
    let isReal = words.map { $0 != .listed(0) }
    let vectors = workspace.matrix(words.count, c.wordSize)
    for (index, word) in words.enumerated() { unsafe weights.add(word, to: vectors.row(index)) }
    let inputs = workspace.matrix(words.count, 8 * c.units)
    workspace.apply(input, to: vectors.matrix, into: inputs.matrix, kernels)

    let states = workspace.matrix(words.count, 2 * c.units)
    let isPresent = c.words.isMasked ? isReal : [Bool](repeating: true, count: words.count)
    forward(
      inputs, offset: 0, isPresent: isPresent, reversed: false,
      RecurrentLayer.State(workspace, units: c.units), kernels, into: states, half: 0)
    backward(
      inputs, offset: 4 * c.units, isPresent: isPresent, reversed: true,
      RecurrentLayer.State(workspace, units: c.units), kernels, into: states, half: c.units)

    let hidden = workspace.matrix(words.count, c.attentionUnits)
    workspace.apply(
      attention, to: states.matrix, activation: .tanh, into: hidden.matrix, kernels)
    // One for each word, and in memory one row, as softmax wants them.
    let energies = workspace.matrix(1, words.count)
    kernels.dense(
      hidden.matrix, score,
      into: Matrix(
        storage: energies.matrix.storage, offset: energies.matrix.offset, rows: words.count,
        columns: 1))
    if c.attentionIsMasked {
      guard isReal.contains(true) else { return }
      for (index, isReal) in isReal.enumerated() where !isReal {
        unsafe energies.floats[index] = -1e30
      }
    }
    kernels.softmax(energies.matrix)
    let mean = workspace.matrix(1, 2 * c.units)
    kernels.multiply(energies.matrix, states.matrix, into: mean.matrix)
    context.set(row: 0, from: mean.matrix, row: 0)
  }

  /// Floats of workspace for a text of so many words.
  private func size(words: Int) -> Int {
    let c = configuration
    let rows = [c.wordSize, 8 * c.units, 2 * c.units, c.attentionUnits]
    let singles = [c.joinedSize, 2 * c.units, c.labels.count, words] + c.dense.map(\.units)
    return rows.reduce(0) { $0 + Workspace.size(words, $1) }
      + singles.reduce(0) { $0 + Workspace.size(1, $1) }
      + 2 * RecurrentLayer.State.size(units: c.units)
  }
}
