internal import CKernels

/// The operations of a forward pass on one thread, in the instruction set chosen.
///
/// Shapes are checked here, once a call; below are pointers, so each call keeps its matrices alive
/// until it is back.
@safe
public struct Kernels: Sendable {
  public let instructionSet: InstructionSet
  /// The functions of the instruction set; nil: those in Swift. It lives as long as the process.
  @unsafe nonisolated(unsafe) let table: UnsafePointer<ck_kernels_t>?

  /// - Parameter instructionSet: one that this CPU supports; another falls back to `.openblas`.
  public init(_ instructionSet: InstructionSet) {
    unsafe table = instructionSet.table
    let hasTable = unsafe table != nil
    self.instructionSet = hasTable || instructionSet == .swift ? instructionSet : .openblas
  }

  /// Whether a row of a product has the same bits whatever rows stand beside it. OpenBLAS picks its
  /// kernel by the shape of the whole.
  public var rowsAreIndependent: Bool { instructionSet != .openblas }

  /// Outputs of a panel of ``DenseWeights``.
  var panel: Int { unsafe table?.pointee.panel ?? 16 }

  /// `y = activation(x · weightsᵀ + bias) + residual`.
  ///
  /// - Parameters:
  ///   - x: `[rows, inputs]`
  ///   - outputs: those to compute, by default all; the first of them begins a panel
  ///   - residual: `[rows, outputs]`
  ///   - y: `[rows, outputs]`
  public func dense(
    _ x: Matrix, _ weights: DenseWeights, outputs: Range<Int>? = nil,
    activation: Activation = .none, residual: Matrix? = nil, into y: Matrix
  ) {
    let outputs = outputs ?? 0..<weights.outputs
    precondition(x.columns == weights.inputs && y.rows == x.rows && y.columns == outputs.count)
    precondition(outputs.lowerBound >= 0 && outputs.upperBound <= weights.outputs)
    precondition(residual.map { $0.rows == y.rows && $0.columns == y.columns } ?? true)
    guard !outputs.isEmpty, y.rows > 0 else { return }
    precondition(
      weights.kernels.instructionSet == instructionSet,
      "weights laid out for \(weights.kernels.instructionSet) and not for \(instructionSet)")
    guard let table = unsafe table else {
      swiftDense(
        x, weights, outputs: outputs, activation: activation, residual: residual, into: y)
      return
    }
    let first = weights.panel(from: outputs.lowerBound)
    let bias = weights.bias(from: outputs.lowerBound)
    defer { withExtendedLifetime((x, weights, bias, residual, y)) {} }
    unsafe table.pointee.dense(
      x.base, x.stride, first.base, bias?.base, residual?.base, residual?.stride ?? 0, y.base,
      y.stride, x.rows, y.columns, x.columns, activation.code)
  }

  /// `c = scale · a · b`: a `[m, k]`, b `[k, n]`, c `[m, n]`. Rows of `b` and `c` are at least
  /// `n` rounded up to 16 elements apart; what stands in `c` behind column `n` is overwritten.
  public func multiply(_ a: Matrix, _ b: Matrix, scale: Float = 1, into c: Matrix) {
    precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns)
    guard let table = unsafe table else {
      swiftMultiply(a, b, scale: scale, into: c)
      return
    }
    precondition(c.rows <= 1 || c.stride >= (c.columns + 15) / 16 * 16)
    defer { withExtendedLifetime((a, b, c)) {} }
    unsafe table.pointee.multiply(
      a.base, a.stride, b.base, b.stride, c.base, c.stride, c.rows, c.columns, a.columns, scale)
  }

  /// `y = (x + residual − mean) / √(variance + ε) · gain + bias` of each row, `[rows, columns]`.
  /// `y` may be `x`. (Ba, Kiros, Hinton 2016, arXiv:1607.06450.)
  public func layerNorm(
    _ x: Matrix, residual: Matrix? = nil, gain: Matrix, bias: Matrix, epsilon: Float, into y: Matrix
  ) {
    precondition(y.rows == x.rows && y.columns == x.columns)
    precondition(residual.map { $0.rows == x.rows && $0.columns == x.columns } ?? true)
    precondition(gain.columns == x.columns && bias.columns == x.columns)
    guard let table = unsafe table else {
      swiftLayerNorm(
        x, residual: residual, gain: gain, bias: bias, epsilon: epsilon, into: y)
      return
    }
    defer { withExtendedLifetime((x, residual, gain, bias, y)) {} }
    unsafe table.pointee.layer_norm(
      x.base, x.stride, residual?.base, residual?.stride ?? 0, gain.base, bias.base, epsilon,
      y.base, y.stride, x.rows, x.columns)
  }

  /// `eˣ / Σ eˣ` of each row in place.
  public func softmax(_ x: Matrix) {
    guard let table = unsafe table else { return swiftSoftmax(x) }
    defer { withExtendedLifetime(x) {} }
    unsafe table.pointee.softmax(x.base, x.stride, x.rows, x.columns)
  }

  /// The activation of every element in place.
  public func activate(_ x: Matrix, _ activation: Activation) {
    guard activation != .none else { return }
    guard let table = unsafe table else { return swiftActivate(x, activation) }
    defer { withExtendedLifetime(x) {} }
    for index in 0..<x.rows {
      unsafe table.pointee.activate(x.row(index), x.columns, activation.code)
    }
  }

  /// `y += x`, same shapes.
  public func add(_ x: Matrix, to y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns)
    defer { withExtendedLifetime((x, y)) {} }
    for index in 0..<x.rows {
      guard let table = unsafe table else {
        for column in 0..<x.columns { y[index, column] += x[index, column] }
        continue
      }
      unsafe table.pointee.add(x.row(index), y.row(index), x.columns)
    }
  }

  /// `y[r, c] = x[r, start + r · step + c]`, or `+=`: runs of x's rows, or of its only row, that slide
  /// along.
  public func slide(
    _ x: Matrix, from start: Int, step: Int, into y: Matrix, accumulate: Bool = false
  ) {
    guard y.rows > 0 else { return }
    let last = start + (y.rows - 1) * step
    precondition(x.rows == 1 || x.rows == y.rows)
    precondition(min(start, last) >= 0 && max(start, last) + y.columns <= x.columns)
    defer { withExtendedLifetime((x, y)) {} }
    for row in 0..<y.rows {
      let run = unsafe x.row(x.rows == 1 ? 0 : row) + start + row * step
      let target = unsafe y.row(row)
      if !accumulate {
        unsafe target.update(from: run, count: y.columns)
      } else if let table = unsafe table {
        unsafe table.pointee.add(run, target, y.columns)
      } else {
        for column in 0..<y.columns { unsafe target[column] += run[column] }
      }
    }
  }

  /// `y = xᵀ`, or `y += xᵀ`: x `[m, n]`, y `[n, m]`.
  public func transpose(_ x: Matrix, into y: Matrix, accumulate: Bool = false) {
    precondition(x.rows == y.columns && x.columns == y.rows)
    guard let table = unsafe table else {
      for row in 0..<x.rows {
        for column in 0..<x.columns {
          // Not 0 + x without accumulation: −0 stays −0.
          y[column, row] = accumulate ? y[column, row] + x[row, column] : x[row, column]
        }
      }
      return
    }
    defer { withExtendedLifetime((x, y)) {} }
    unsafe table.pointee.transpose(
      x.base, x.stride, y.base, y.stride, x.rows, x.columns, accumulate)
  }
}
