import Tensor

/// One direction of an LSTM over word vectors whose products with the input kernel are there already.
struct RecurrentLayer: Sendable {
  private let units: Int
  private let activation, recurrentActivation: NetworkConfiguration.Function
  /// `[units, 4 · units]`, rows padded to whole vectors.
  private let recurrent: Matrix

  init(_ weights: NetworkWeights.Direction, _ configuration: NetworkConfiguration) {
    units = configuration.units
    activation = configuration.activation
    recurrentActivation = configuration.recurrentActivation
    let padded = (4 * units + 15) / 16 * 16
    var rows = [Float](repeating: 0, count: units * padded)
    for row in 0..<units {
      rows.replaceSubrange(
        (row * padded)..<(row * padded + 4 * units),
        with: weights.recurrent[(row * 4 * units)..<((row + 1) * 4 * units)])
    }
    recurrent = Matrix(rows, rows: units, columns: padded)[columns: 0..<(4 * units)]
  }

  /// Memory of the steps: output, product and cell.
  struct State {
    let h, gates, c: Matrix

    init(_ workspace: Workspace, units: Int) {
      h = workspace.matrix(rows: 1, columns: units)
      gates = workspace.matrix(rows: 1, columns: 4 * units)
      c = workspace.matrix(rows: 1, columns: units)
    }
  }

  /// Outputs of all steps. Nothing is allocated here.
  ///
  /// - Parameters:
  ///   - inputs: `[words, 4 · units]`, products of the words with the input kernel, bias included
  ///   - isPresent: words that count; at another one the output stays as it was
  ///   - isReversed: from the last word to the first
  ///   - outputs: `[words, units]`
  func callAsFunction(
    _ inputs: Matrix, isPresent: [Bool], isReversed: Bool, _ state: State, _ kernels: Kernels,
    into outputs: Matrix
  ) {
    let words = isPresent.count
    state.h.fill(0)
    state.c.fill(0)
    var isFirst = true
    for step in 0..<words {
      let word = isReversed ? words - 1 - step : step
      if isPresent[word] {
        if isFirst {
          state.gates.fill(0)
        } else {
          kernels.multiply(state.h, recurrent, into: state.gates)
        }
        isFirst = false
        kernels.add(inputs[rows: word..<word + 1], to: state.gates)
        advance(state, kernels)
      }
      outputs.set(row: word, from: state.h, row: 0)
    }
  }

  /// A step, given the sums of all gates: `c = f · c + i · g`, `h = o · activation(c)`.
  private func advance(_ state: State, _ kernels: Kernels) {
    apply(recurrentActivation, to: state.gates[columns: 0..<2 * units], kernels)
    apply(activation, to: state.gates[columns: 2 * units..<3 * units], kernels)
    apply(recurrentActivation, to: state.gates[columns: 3 * units..<4 * units], kernels)
    let units = units
    state.gates.withMutableRow(0) { gates in
      state.c.withMutableRow(0) { c in
        state.h.withMutableRow(0) { h in
          precondition(gates.count == 4 * units && c.count == units && h.count == units)
          for k in 0..<units {
            c[k] = gates[units + k] * c[k] + gates[k] * gates[2 * units + k]
            h[k] = c[k]
          }
        }
      }
    }
    apply(activation, to: state.h, kernels)
    state.gates.withMutableRow(0) { gates in
      state.h.withMutableRow(0) { h in
        precondition(gates.count == 4 * units && h.count == units)
        for k in 0..<units { h[k] *= gates[3 * units + k] }
      }
    }
  }

  private func apply(
    _ function: NetworkConfiguration.Function, to row: Matrix, _ kernels: Kernels
  ) {
    if let kernel = function.kernel {
      kernels.activate(row, kernel)
    } else {
      row.mapRow(0) { function($0) }
    }
  }
}

extension NetworkConfiguration.Function {
  /// The kernel of the same function, if there is one.
  var kernel: Activation? {
    switch self {
    case .linear: Activation.none
    case .relu: .relu
    case .tanh: .tanh
    case .sigmoid: .logistic
    case .hardSigmoid, .hardSigmoidKeras2: nil
    }
  }
}
