/// The weights of a dense layer, laid out as a set of kernels reads them, and its bias.
///
/// Outputs lie side by side in panels, `[outputs / panel, inputs, panel]`: a product
/// reads the memory in its order, and a panel's row fills registers without a rest. OpenBLAS
/// takes the weights as checkpoints have them, and packs them itself on every call.
package struct DenseWeights: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// Those that multiply these weights.
  let kernels: Kernels
  /// Outputs of a panel; 0: there are no panels.
  var panel: Int { kernels.panel }
  /// `[panels · inputs, panel]`, zeros behind the last output; without panels `[outputs, inputs]`.
  private let values: Matrix
  /// `[1, panels · panel]`; without panels `[1, outputs]`
  private let paddedBias: Matrix?

  /// - Parameters:
  ///   - weights: `[outputs, inputs]`, as checkpoints have them; copied
  ///   - bias: `[1, outputs]`
  ///   - kernels: those that will multiply; others read another layout
  package init(weights: Matrix, bias: Matrix?, kernels: Kernels) {
    precondition(bias.map { $0.rows == 1 && $0.columns == weights.rows } ?? true)
    inputs = weights.columns
    outputs = weights.rows
    self.kernels = kernels
    values = kernels.panel == 0 ? weights.copy() : Self.panels(weights, kernels)
    let panel = max(1, kernels.panel)
    let width = (outputs + panel - 1) / panel * panel
    paddedBias = bias.map { bias in
      let padded = Matrix(rows: 1, columns: width)
      for output in 0..<bias.columns { padded[0, output] = bias[0, output] }
      return padded
    }
  }

  private static func panels(_ weights: Matrix, _ kernels: Kernels) -> Matrix {
    let (panel, inputs, outputs) = (kernels.panel, weights.columns, weights.rows)
    let count = (outputs + panel - 1) / panel
    let panels = Matrix(uninitializedRows: count * inputs, columns: panel)
    for index in 0..<count {
      let range = index * panel..<min((index + 1) * panel, outputs)
      let target = panels[rows: index * inputs..<(index + 1) * inputs]
      if range.count < panel { target.fill(0) }
      kernels.transpose(weights[rows: range], into: target[columns: 0..<range.count])
    }
    return panels
  }

  /// `[1, outputs]`
  package var bias: Matrix? { paddedBias?[columns: 0..<outputs] }

  /// The biases from an output on, and zeros up to a whole panel.
  func bias(from output: Int) -> Matrix? {
    paddedBias.map { $0[columns: output..<$0.columns] }
  }

  /// The panel that begins with an output, `[inputs, panel]`; without panels the weights from that
  /// output on.
  func values(from output: Int) -> Matrix {
    guard panel > 0 else { return values[rows: output..<outputs] }
    precondition(output % panel == 0)
    return values[rows: output / panel * inputs..<(output / panel + 1) * inputs]
  }

  /// `[outputs, inputs]`, copied.
  package var matrix: Matrix {
    guard panel > 0 else { return values.copy() }
    let result = Matrix(rows: outputs, columns: inputs)
    for start in stride(from: 0, to: outputs, by: panel) {
      let range = start..<min(start + panel, outputs)
      kernels.transpose(
        values(from: start)[columns: 0..<range.count], into: result[rows: range])
    }
    return result
  }

  /// Outputs computed together. In whole panels they are some tens of microseconds of work, so that the
  /// threads end at the same time even when the system slows one of them down. OpenBLAS packs the input
  /// anew on every call, so there each thread makes one.
  func tile(rows: Int, threads: Int) -> Int {
    guard panel > 0 else { return max(16, (outputs + threads - 1) / threads + 15) / 16 * 16 }
    let work = 1 << 20
    return max(panel, min(work / max(1, rows * inputs), 96) / panel * panel)
  }
}
