internal import CKernels

extension Kernels {
  /// Rotates and quantises the rows of `x`, `[rows, columns]`, into `result` from row `first` on.
  ///
  /// `scratch` has room for one row. A row with NaN or infinity gets the scale NaN and zeros, so
  /// whatever is computed from it is NaN.
  package func quantize(
    _ x: Matrix, into result: QuantizedRows, first: Int, scratch: Matrix
  ) {
    precondition(x.columns == result.columns && first >= 0 && first + x.rows <= result.capacity)
    precondition(scratch.columns >= x.columns)
    guard let table = unsafe table else {
      swiftQuantize(x, into: result, first: first)
      return
    }
    defer { withExtendedLifetime((x, result, scratch)) {} }
    var description = unsafe result.description
    unsafe table.pointee.int8_quantize(
      x.base, x.stride, x.rows, x.columns, scratch.base, &description, first)
  }

  /// `y = activation(x · weightsᵀ + bias) + residual` for columns `range` of the output.
  ///
  /// - Parameters:
  ///   - rows: the rows of `x` that `y` and `residual` have
  ///   - residual: `[rows, columns of the range]`
  ///   - y: `[rows, columns of the range]`
  package func dense(
    _ x: QuantizedRows, rows: Range<Int>, _ weights: QuantizedWeights, columns range: Range<Int>,
    activation: Activation = .none, residual: Matrix? = nil, into y: Matrix
  ) {
    precondition(x.columns == weights.inputs && rows.upperBound <= x.capacity)
    precondition(y.rows == rows.count && y.columns == range.count)
    precondition(residual.map { $0.rows == y.rows && $0.columns == y.columns } ?? true)
    guard let table = unsafe table else {
      swiftDense(
        x, rows: rows, weights, columns: range, activation: activation, residual: residual,
        into: y)
      return
    }
    defer { withExtendedLifetime((x, weights, residual, y)) {} }
    var input = unsafe x.description
    var layer = unsafe weights.description(range)
    unsafe table.pointee.int8_dense(
      &input, rows.lowerBound, rows.count, &layer, residual?.base, residual?.stride ?? 0, y.base,
      y.stride, activation.code)
  }
}
