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
    if isFinite { return }
    for index in 0..<count * width {
      let value = values[index]
      guard value.isFinite || (allowingNaN && value.isNaN) else {
        throw .notFinite(row: firstRow + index / width, column: index % width)
      }
    }
  }

  /// As ``requireFinite(allowingNaN:)``, given sums of products of each row's values: NaN or infinity
  /// times any weight, 0 too, leaves a sum that is not finite, so that one column of sums says enough.
  func requireFinite(unless sums: [Double], columns: Int) throws(HeadError) {
    let isFinite = stride(from: 0, to: sums.count, by: columns).allSatisfy { sums[$0].isFinite }
    if !isFinite { try requireFinite() }
  }

  /// Whether no value is NaN or infinite: 0 times such a value is NaN, and so is a sum with it.
  private var isFinite: Bool {
    let values = values.span
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + 8 <= values.count {
      for lane in 0..<8 { sums[lane] += values[index + lane] * 0 }
      index += 8
    }
    while index < values.count {
      sums[0] += values[index] * 0
      index += 1
    }
    return sums == .zero
  }
}
