/// A block of rows on its way through a head.
struct Rows: Sendable {
  /// [count, width], row by row.
  var values: [Double]
  let count: Int
  let width: Int
  /// Whether the values are float32 that were widened: scikit-learn would keep them so through a
  /// scaler.
  let isSinglePrecision: Bool
  /// The number of the first row in the caller's batch, for messages.
  let firstRow: Int

  /// Throws an error for the first value that is NaN (unless allowed) or infinite.
  func requireFinite(allowingNaN: Bool = false) throws(HeadError) {
    for index in 0..<count * width {
      let value = values[index]
      guard value.isFinite || (allowingNaN && value.isNaN) else {
        throw .notFinite(row: firstRow + index / width, column: index % width)
      }
    }
  }
}
