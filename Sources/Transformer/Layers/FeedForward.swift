internal import Tensor

/// A feed-forward network of two layers, or of three where a gate multiplies the wide part
/// (arXiv:2002.05202).
package struct FeedForward: Sendable {
  /// Multiplies the wide part, behind the activation; nil: there is none.
  private var gate: Linear?
  private var expansion: Linear
  private var contraction: Linear
  private let activation: Activation

  /// `contraction(activation(expansion(x)))`
  static func plain(
    _ expansion: Linear, _ activation: Activation, _ contraction: Linear
  ) -> FeedForward {
    FeedForward(gate: nil, expansion: expansion, contraction: contraction, activation: activation)
  }

  /// `down(activation(gate(x)) · up(x))`
  static func gated(
    gate: Linear, up: Linear, down: Linear, _ activation: Activation
  ) -> FeedForward {
    FeedForward(gate: gate, expansion: up, contraction: down, activation: activation)
  }

  /// The layers that multiply the network's input.
  package var inputLayers: [Linear] {
    get { (gate.map { [$0] } ?? []) + [expansion] }
    set {
      if gate != nil { gate = newValue[0] }
      expansion = newValue[newValue.count - 1]
    }
  }

  /// The layer that multiplies the wide part.
  package var outputLayers: [Linear] {
    get { [contraction] }
    set { contraction = newValue[0] }
  }

  /// Rows that go through the network together, so that its wide part stays small.
  private static let rowBlock = 1024

  /// `y = network(x) + residual`, all `[rows, hidden size]`.
  func callAsFunction(_ x: Matrix, residual: Matrix?, into y: Matrix, _ pass: ForwardPass) {
    for start in stride(from: 0, to: x.rows, by: Self.rowBlock) {
      let rows = start..<min(start + Self.rowBlock, x.rows)
      pass.workspace.scope {
        let inner = widen(x[rows: rows], pass)
        pass.multiply(
          inner, [contraction], residual: residual?[rows: rows], into: [y[rows: rows]])
      }
    }
  }

  /// The wide part, `[rows, intermediate size]`.
  private func widen(_ x: Matrix, _ pass: ForwardPass) -> Matrix {
    let inner = pass.workspace.matrix(rows: x.rows, columns: expansion.outputs)
    guard let gate else {
      pass.multiply(x, [expansion], activation: activation, into: [inner])
      return inner
    }
    let gates = pass.workspace.matrix(rows: x.rows, columns: gate.outputs)
    pass.multiply(x, [gate, expansion], into: [gates, inner])
    pass.processor.gate(gates, by: inner, activation, into: inner)
    return inner
  }
}
