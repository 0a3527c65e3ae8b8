internal import CKernels

/// Rows of an activation in int8: rotated, then scaled by each row's greatest magnitude.
///
/// Memory for as many rows as were asked for; ``Kernels/quantize(_:into:first:scratch:)`` fills it.
package final class QuantizedRows: @unchecked Sendable {
  package let capacity: Int
  package let columns: Int
  /// 1, or 2 where a value is `128 · first + second`.
  package let digits: Int
  let depth: Int
  private let values: Storage<Int8>
  private let sums: Storage<Int32>
  private let groups: Storage<Int32>
  private let scales: Storage<Float>

  /// Rows behind the last that a kernel may read, whole tiles at a time.
  private static let slack = 32

  package init(rows: Int, columns: Int, digits: Int) {
    precondition(rows >= 0 && columns > 0 && (1...2).contains(digits))
    capacity = rows
    self.columns = columns
    self.digits = digits
    depth = (columns + 63) / 64 * 64
    values = Storage(count: (digits * rows + Self.slack) * depth)
    sums = Storage(count: digits * rows)
    groups = Storage(count: digits * rows * (depth / 16))
    scales = Storage(count: rows)
  }

  @unsafe var description: ck_int8_rows {
    unsafe ck_int8_rows(
      values: values.base, sums: sums.base, groups: groups.base, scales: scales.base,
      rows: capacity, depth: depth, digits: Int32(digits))
  }

  /// The quantised value of an element: up to ±127, or ±16,320 in two digits.
  package subscript(row: Int, column: Int) -> Int {
    get {
      let first = digit(0, row, column)
      return digits == 1 ? first : 128 * first + digit(1, row, column)
    }
    set {
      let first = digits == 1 ? newValue : Int((Float(newValue) / 128).rounded(.toNearestOrEven))
      setDigit(0, row, column, first)
      if digits == 2 { setDigit(1, row, column, newValue - 128 * first) }
    }
  }

  func digit(_ digit: Int, _ row: Int, _ column: Int) -> Int {
    Int(values[(digit * capacity + row) * depth + column])
  }

  private func setDigit(_ digit: Int, _ row: Int, _ column: Int, _ value: Int) {
    values[(digit * capacity + row) * depth + column] = Int8(truncatingIfNeeded: value)
  }

  package subscript(scaleOf row: Int) -> Float {
    get { scales[row] }
    set { scales[row] = newValue }
  }
}
