package import Tensor

/// What the layers of a forward pass share: the messages, the memory and the processor.
package struct ForwardPass {
  /// The rows of each message in the matrix of hidden states.
  let messages: [Range<Int>]
  /// The one row of each message whose output is wanted; nil: all. The other tokens take part with their
  /// keys and values only.
  let rows: [Int]?
  let workspace: Workspace
  let processor: Processor
  /// Is shown the input of linear layers before they multiply it. A quantiser gathers these.
  let observe: ((_ layers: [Linear], _ input: Matrix) -> Void)?

  package init(
    messages: [Range<Int>], rows: [Int]? = nil, workspace: Workspace, processor: Processor,
    observe: ((_ layers: [Linear], _ input: Matrix) -> Void)? = nil
  ) {
    self.messages = messages
    self.rows = rows
    self.workspace = workspace
    self.processor = processor
    self.observe = observe
  }

  /// `y = activation(x · weightsᵀ + bias) + residual` of several layers on one input.
  func multiply(
    _ x: Matrix, _ layers: [Linear], activation: Activation = .none, residual: Matrix? = nil,
    into outputs: [Matrix]
  ) {
    observe?(layers, x)
    layers.map(\.weights)(
      x, activation: activation, residual: residual, into: outputs, workspace, on: processor)
  }

  /// `y = norm(x + residual)`; `y` is `x` unless it is given.
  func normalize(_ x: Matrix, _ norm: Norm, residual: Matrix? = nil, into y: Matrix? = nil) {
    processor.stage(.norm) { norm(x, residual: residual, into: y ?? x, on: processor) }
  }

  /// The wanted rows of `x`: itself, or a copy of some.
  func wanted(_ x: Matrix) -> Matrix { rows.map { workspace.gather($0, of: x) } ?? x }
}
