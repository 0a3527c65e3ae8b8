internal import CKernels

/// Rows of an activation in int8: rotated, then scaled by each row's greatest magnitude.
///
/// Memory for as many rows as were asked for; ``Kernels/quantize(_:into:first:scratch:)`` fills it.
public final class QuantizedRows: @unchecked Sendable {
  public let capacity: Int
  public let columns: Int
  /// 1, or 2 where a value is `128 · first + second`.
  public let digits: Int
  let depth: Int
  private let values: ByteStorage
  private let sums: ByteStorage
  private let groups: ByteStorage
  private let scales: FloatStorage

  /// Rows behind the last that a kernel may read, whole tiles at a time.
  private static let slack = 32

  public init(rows: Int, columns: Int, digits: Int) {
    precondition(rows >= 0 && columns > 0 && (1...2).contains(digits))
    capacity = rows
    self.columns = columns
    self.digits = digits
    depth = (columns + 63) / 64 * 64
    values = ByteStorage(count: (digits * rows + Self.slack) * depth)
    sums = ByteStorage(count: 4 * digits * rows)
    groups = ByteStorage(count: 4 * digits * rows * (depth / 16))
    scales = FloatStorage(count: rows)
  }

  @unsafe var description: ck_int8_rows {
    unsafe ck_int8_rows(
      values: values.base.assumingMemoryBound(to: Int8.self),
      sums: sums.base.assumingMemoryBound(to: Int32.self),
      groups: groups.base.assumingMemoryBound(to: Int32.self), scales: scales.base,
      rows: capacity, depth: depth, digits: Int32(digits))
  }

  /// The quantised value of an element: up to ±127, or ±16,320 in two digits.
  public subscript(row: Int, column: Int) -> Int {
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
    Int(Int8(bitPattern: values[(digit * capacity + row) * depth + column]))
  }

  private func setDigit(_ digit: Int, _ row: Int, _ column: Int, _ value: Int) {
    values[(digit * capacity + row) * depth + column] = UInt8(
      bitPattern: Int8(truncatingIfNeeded: value))
  }

  public subscript(scaleOf row: Int) -> Float {
    get {
      precondition(row >= 0 && row < capacity)
      return unsafe scales.base[row]
    }
    set {
      precondition(row >= 0 && row < capacity)
      unsafe scales.base[row] = newValue
    }
  }
}
