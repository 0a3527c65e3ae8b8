/// The weights of a dense layer, laid out as a set of kernels reads them, and its bias.
///
/// Outputs lie side by side in panels, `[outputs / panel, inputs, panel]`: what a product reads one
/// after another stands one after another, and a panel's row fills registers without a rest.
public struct DenseWeights: Sendable {
  public let inputs: Int
  public let outputs: Int
  /// Those that multiply these weights.
  let kernels: Kernels
  /// Outputs of a panel.
  var panel: Int { kernels.panel }
  /// `[panels · inputs, panel]`, zeros behind the last output.
  private let panels: Matrix
  /// `[1, panels · panel]`
  private let paddedBias: Matrix?

  /// - Parameters:
  ///   - weights: `[outputs, inputs]`, as checkpoints have them; copied
  ///   - bias: `[1, outputs]`
  ///   - kernels: those that will multiply; others read another layout
  public init(weights: Matrix, bias: Matrix?, kernels: Kernels) {
    precondition(bias.map { $0.rows == 1 && $0.columns == weights.rows } ?? true)
    inputs = weights.columns
    outputs = weights.rows
    self.kernels = kernels
    let panel = kernels.panel
    let count = (outputs + panel - 1) / panel
    let rows = count * inputs
    panels = Matrix(
      storage: FloatStorage(uninitialized: rows * panel), rows: rows, columns: panel)
    for index in 0..<count {
      let range = index * panel..<min((index + 1) * panel, outputs)
      let target = panels[rows: index * inputs..<(index + 1) * inputs]
      if range.count < panel { target.fill(0) }
      kernels.transpose(weights[rows: range], into: target[columns: 0..<range.count])
    }
    let width = count * panel
    paddedBias = bias.map { bias in
      let padded = Matrix(rows: 1, columns: width)
      for output in 0..<bias.columns { padded[0, output] = bias[0, output] }
      return padded
    }
  }

  /// `[1, outputs]`
  public var bias: Matrix? { paddedBias?[columns: 0..<outputs] }

  /// The bias and what follows in memory, up to whole panels.
  func bias(from output: Int) -> Matrix? {
    paddedBias.map { $0[columns: output..<$0.columns] }
  }

  /// The rows of the panel that begins with an output, `[inputs, panel]`.
  func panel(from output: Int) -> Matrix {
    precondition(output % panel == 0)
    return panels[rows: output / panel * inputs..<(output / panel + 1) * inputs]
  }

  /// `[outputs, inputs]`, copied.
  public var matrix: Matrix {
    let result = Matrix(rows: outputs, columns: inputs)
    for start in stride(from: 0, to: outputs, by: panel) {
      let range = start..<min(start + panel, outputs)
      kernels.transpose(
        panel(from: start)[columns: 0..<range.count], into: result[rows: range])
    }
    return result
  }

  /// Outputs computed together: some tens of microseconds of work, so that the threads end at the
  /// same time even when the system slows one of them down. Whole panels.
  func tile(rows: Int) -> Int {
    let work = 1 << 20
    return max(panel, min(work / max(1, rows * inputs), 96) / panel * panel)
  }
}
