internal import Tensor

/// What turns hidden states into the logits of a sequence classifier: a dense layer with its
/// activation and norm where there is one, then one output for each label.
struct ClassificationHead: Sendable {
  /// The states that the head reads.
  enum Reading: Sendable {
    case first
    /// That of the last token which is not padding, or of the last one where no id is padding.
    case last(padding: Int32?)
    /// The mean of all states, before the dense layer.
    case mean
    /// The mean of all tokens' logits.
    case meanOfLogits
  }

  let reading: Reading
  let dense: DenseWeights?
  let activation: Activation
  let norm: Norm?
  let output: DenseWeights

  init(
    reading: Reading = .first, dense: DenseWeights? = nil, _ activation: Activation = .none,
    norm: Norm? = nil, output: DenseWeights
  ) {
    self.reading = reading
    self.dense = dense
    self.activation = activation
    self.norm = norm
    self.output = output
  }

  /// The one token that the head reads, by the ids of the message; nil where it reads all.
  var onlyToken: ((_ ids: [Int32]) -> Int)? {
    switch reading {
    case .first: { _ in 0 }
    // The first where all are padding, as in transformers.
    case .last(let padding?): { ids in ids.lastIndex { $0 != padding } ?? 0 }
    case .last(nil): { ids in ids.count - 1 }
    case .mean, .meanOfLogits: nil
    }
  }

  /// - Parameter hidden: `[tokens, hidden size]`, or the state of ``onlyToken``
  /// - Returns: one logit for each label
  func callAsFunction(_ hidden: Matrix, on processor: Processor) -> [Float] {
    var states = hidden
    if case .mean = reading { states = Self.mean(hidden) }
    if let dense {
      let pooled = Matrix(rows: states.rows, columns: dense.outputs)
      processor.kernels.dense(states, dense, activation: activation, into: pooled)
      states = pooled
    }
    norm?(states, into: states, on: processor)
    let logits = Matrix(rows: states.rows, columns: output.outputs)
    processor.kernels.dense(states, output, into: logits)
    if case .meanOfLogits = reading { return Self.mean(logits)[row: 0] }
    return logits[row: 0]
  }

  /// The mean of the rows, `[1, columns]`.
  private static func mean(_ x: Matrix) -> Matrix {
    let mean = Matrix(rows: 1, columns: x.columns)
    for row in 0..<x.rows {
      for column in 0..<x.columns { mean[0, column] += x[row, column] }
    }
    for column in 0..<x.columns { mean[0, column] /= Float(x.rows) }
    return mean
  }
}
