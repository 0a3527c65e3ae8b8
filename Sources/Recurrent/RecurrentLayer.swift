import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
    let h, gates, c: Workspace.Region

    init(_ workspace: Workspace, units: Int) {
      h = workspace.matrix(1, units)
      gates = workspace.matrix(1, 4 * units)
      c = workspace.matrix(1, units)
    }

    static func size(units: Int) -> Int {
      2 * Workspace.size(1, units) + Workspace.size(1, 4 * units)
    }
  }

  /// Outputs of all steps. Nothing is allocated here.
  ///
  /// - Parameters:
  ///   - inputs: `[words, 8 · units]`, this direction's gates from column `offset` on, bias included
  ///   - outputs: `[words, 2 · units]`, this direction's half from column `half` on
  ///   - isPresent: words that count; at another one the output stays as it was
  ///   - reversed: from the last word to the first
  func callAsFunction(
    _ inputs: Workspace.Region, offset: Int, isPresent: [Bool], reversed: Bool, _ state: State,
    _ kernels: Kernels, into outputs: Workspace.Region, half: Int
  ) {
    let words = isPresent.count
    let (h, c, gates) = unsafe (state.h.floats, state.c.floats, state.gates.floats)
    var isFirst = true
    for step in 0..<words {
      let word = reversed ? words - 1 - step : step
      if isPresent[word] {
        if isFirst {
          unsafe gates.update(repeating: 0)
        } else {
          kernels.multiply(state.h.matrix, recurrent, into: state.gates.matrix)
        }
        isFirst = false
        let input = unsafe inputs.row(word)
        for k in 0..<(4 * units) { unsafe gates[k] += input[offset + k] }
        apply(recurrentActivation, to: state.gates, 0..<(2 * units), kernels)
        apply(activation, to: state.gates, (2 * units)..<(3 * units), kernels)
        apply(recurrentActivation, to: state.gates, (3 * units)..<(4 * units), kernels)
        for k in 0..<units {
          unsafe c[k] = gates[units + k] * c[k] + gates[k] * gates[2 * units + k]
          unsafe h[k] = c[k]
        }
        apply(activation, to: state.h, 0..<units, kernels)
        for k in 0..<units { unsafe h[k] *= gates[3 * units + k] }
      }
      let output = unsafe outputs.row(word)
      for k in 0..<units { unsafe output[half + k] = h[k] }
    }
  }

  private func apply(
    _ function: NetworkConfiguration.Function, to region: Workspace.Region, _ columns: Range<Int>,
    _ kernels: Kernels
  ) {
    if let kernel = function.kernel {
      kernels.activate(region.matrix[columns: columns], kernel)
    } else {
      for k in columns { unsafe region.floats[k] = function(region.floats[k]) }
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
