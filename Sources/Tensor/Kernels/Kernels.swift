internal import CKernels

/// The operations of a forward pass on one thread, in the instruction set chosen.
///
/// Shapes are checked here, once a call; below are pointers, so each call keeps its matrices alive
/// until it is back.
///
/// A row of a result has the same bits whatever rows stand beside it, and on every instruction set but
/// OpenBLAS, which chooses its kernel by the shape of the whole product.
@safe
package struct Kernels: Sendable {
  package let instructionSet: InstructionSet
  /// The functions of the instruction set; nil: those in Swift. It lives as long as the process.
  @unsafe nonisolated(unsafe) let table: UnsafePointer<ck_kernels_t>?

  /// - Parameter instructionSet: one that this CPU supports; another falls back to ``InstructionSet/best``.
  package init(_ instructionSet: InstructionSet) {
    self.instructionSet = instructionSet.isSupported ? instructionSet : .best
    unsafe table = self.instructionSet.table
  }

  /// Outputs of a panel of ``DenseWeights``; 0: there are no panels.
  var panel: Int { unsafe table?.pointee.panel ?? 16 }

  /// `y = activation(x · weightsᵀ + bias) + residual`.
  ///
  /// - Parameters:
  ///   - x: `[rows, inputs]`
  ///   - outputs: those to compute, by default all; the first of them begins a panel
  ///   - residual: `[rows, outputs]`
  ///   - y: `[rows, outputs]`
  package func dense(
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
    let first = weights.values(from: outputs.lowerBound)
    let bias = weights.bias(from: outputs.lowerBound)
    defer { withExtendedLifetime((x, weights, bias, residual, y)) {} }
    unsafe table.pointee.dense(
      x.base, x.stride, first.base, bias?.base, residual?.base, residual?.stride ?? 0, y.base,
      y.stride, x.rows, y.columns, x.columns, activation.code)
  }

  /// `c = scale · a · b`: a `[m, k]`, b `[k, n]`, c `[m, n]`. Rows of `b` and `c` are at least
  /// `n` rounded up to 16 elements apart; elements of `c` behind column `n` are overwritten.
  package func multiply(_ a: Matrix, _ b: Matrix, scale: Float = 1, into c: Matrix) {
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
  package func layerNorm(
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

  /// `y = x / √(mean of x² + ε) · gain` of each row, `[rows, columns]`. `y` may be `x`.
  /// (Zhang, Sennrich 2019, arXiv:1910.07467.)
  package func rmsNorm(_ x: Matrix, gain: Matrix, epsilon: Float, into y: Matrix) {
    precondition(y.rows == x.rows && y.columns == x.columns && gain.columns == x.columns)
    guard let table = unsafe table else {
      return swiftRMSNorm(x, gain: gain, epsilon: epsilon, into: y)
    }
    defer { withExtendedLifetime((x, gain, y)) {} }
    unsafe table.pointee.rms_norm(
      x.base, x.stride, gain.base, epsilon, y.base, y.stride, x.rows, x.columns)
  }

  /// `y = activation(x) · factors`, element by element, same shapes. `y` may be `x` or `factors`.
  /// (Shazeer 2020, arXiv:2002.05202.)
  package func gate(_ x: Matrix, by factors: Matrix, _ activation: Activation, into y: Matrix) {
    precondition(x.rows == factors.rows && x.columns == factors.columns)
    precondition(x.rows == y.rows && x.columns == y.columns)
    guard let table = unsafe table else {
      return swiftGate(x, by: factors, activation, into: y)
    }
    defer { withExtendedLifetime((x, factors, y)) {} }
    for index in 0..<x.rows {
      unsafe table.pointee.gate(
        x.row(index), factors.row(index), y.row(index), x.columns, activation.code)
    }
  }

  /// Rotary position embedding, in place: in each head columns `i` and `i + size / 2` are a pair, turned
  /// by the angle of row and `i`. (Su et al. 2021, arXiv:2104.09864, with the pairs of GPT-NeoX.)
  ///
  /// - Parameters:
  ///   - x: `[rows, heads · size]`, the size of a head even
  ///   - cosines: of the angles, `[rows, size / 2]`
  ///   - sines: `[rows, size / 2]`, rows as far apart as those of `cosines`
  package func rotatePairs(_ x: Matrix, heads: Int, cosines: Matrix, sines: Matrix) {
    let size = x.columns / max(1, heads)
    precondition(heads > 0 && size * heads == x.columns && size % 2 == 0)
    precondition(cosines.rows == x.rows && cosines.columns == size / 2)
    precondition(sines.rows == x.rows && sines.columns == size / 2)
    precondition(sines.stride == cosines.stride)
    guard let table = unsafe table else {
      return swiftRotatePairs(x, heads: heads, cosines: cosines, sines: sines)
    }
    defer { withExtendedLifetime((x, cosines, sines)) {} }
    unsafe table.pointee.rotate_pairs(
      x.base, x.stride, cosines.base, sines.base, cosines.stride, x.rows, heads, size)
  }

  /// `eˣ / Σ eˣ` of each row in place.
  package func softmax(_ x: Matrix) {
    guard let table = unsafe table else { return swiftSoftmax(x) }
    defer { withExtendedLifetime(x) {} }
    unsafe table.pointee.softmax(x.base, x.stride, x.rows, x.columns)
  }

  /// The activation of every element in place.
  package func activate(_ x: Matrix, _ activation: Activation) {
    guard activation != .none else { return }
    guard let table = unsafe table else { return swiftActivate(x, activation) }
    defer { withExtendedLifetime(x) {} }
    for index in 0..<x.rows {
      unsafe table.pointee.activate(x.row(index), x.columns, activation.code)
    }
  }

  /// `y += x`, same shapes.
  package func add(_ x: Matrix, to y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns)
    guard let table = unsafe table else { return swiftAdd(x, to: y) }
    defer { withExtendedLifetime((x, y)) {} }
    for index in 0..<x.rows {
      unsafe table.pointee.add(x.row(index), y.row(index), x.columns)
    }
  }

  /// `y[r, c] = x[r, start + r · step + c]`, or `+=`: runs of x's rows, or of its only row, that slide
  /// along.
  package func slide(
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
  package func transpose(_ x: Matrix, into y: Matrix, accumulate: Bool = false) {
    precondition(x.rows == y.columns && x.columns == y.rows)
    guard let table = unsafe table else {
      return swiftTranspose(x, into: y, accumulate: accumulate)
    }
    defer { withExtendedLifetime((x, y)) {} }
    unsafe table.pointee.transpose(
      x.base, x.stride, y.base, y.stride, x.rows, x.columns, accumulate)
  }
}
