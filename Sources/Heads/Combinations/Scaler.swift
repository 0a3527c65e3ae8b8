extension Rows {
  /// Combines each row with a parameter of each column. scikit-learn keeps float32 rows in float32: it
  /// rounds the parameters and each result.
  @inline(__always)
  fileprivate mutating func combine(
    with parameters: [Double], _ double: (Double, Double) -> Double,
    _ float: (Float, Float) -> Float
  ) {
    let (count, width, isSinglePrecision) = (count, width, isSinglePrecision)
    let parameters = parameters.span
    var values = values.mutableSpan
    for row in 0..<count {
      for column in 0..<width {
        let index = row * width + column
        let value = values[index]
        values[index] =
          isSinglePrecision
          ? Double(float(Float(value), Float(parameters[column])))
          : double(value, parameters[column])
      }
    }
  }
}

/// (x − center) / scale, for each column: scikit-learn's `StandardScaler`, `RobustScaler` and
/// `MaxAbsScaler`. Either part may be off. NaN passes, as in scikit-learn; infinities are errors.
struct Scaler: Sendable {
  let size: Int
  let center: [Double]?
  let scale: [Double]?

  func apply(to rows: inout Rows) throws(HeadError) {
    try rows.requireFinite(allowingNaN: true)
    if let center { rows.combine(with: center, -, -) }
    if let scale { rows.combine(with: scale, /, /) }
  }
}
