/// (x − center) / scale, for each column: scikit-learn's `StandardScaler`, `RobustScaler` and
/// `MaxAbsScaler`. Either part may be off. NaN passes, as in scikit-learn; infinities are errors.
struct Scaler: Sendable {
  let size: Int
  let center: [Double]?
  let scale: [Double]?

  func apply(to rows: inout Rows) throws(HeadError) {
    try rows.requireFinite(allowingNaN: true)
    let width = rows.width
    for row in 0..<rows.count {
      for column in 0..<width {
        let index = row * width + column
        var value = rows.values[index]
        if rows.isSinglePrecision {
          // scikit-learn keeps float32 rows in float32: it rounds the parameters and each result.
          if let center { value = Double(Float(value) - Float(center[column])) }
          if let scale { value = Double(Float(value) / Float(scale[column])) }
        } else {
          if let center { value -= center[column] }
          if let scale { value /= scale[column] }
        }
        rows.values[index] = value
      }
    }
  }
}
