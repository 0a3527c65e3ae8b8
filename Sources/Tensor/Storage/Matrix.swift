/// A view of float32 rows in memory, `[rows, columns]` row-major, rows `stride` elements apart.
///
/// A matrix is a reference: a copy of it, or a slice, is a view of the same elements, and each sees what
/// the other writes. So writing does not mutate the value (`nonmutating set`). The threads of a forward
/// pass write to slices that do not overlap; the compiler cannot check that, and whoever shares out work
/// among threads has to. Slices are checked against the matrix when they are made.
package struct Matrix: @unchecked Sendable {
  package let storage: Storage<Float>
  package let offset: Int
  package let rows: Int
  package let columns: Int
  package let stride: Int

  package init(
    storage: Storage<Float>, offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil
  ) {
    let stride = stride ?? columns
    precondition(offset >= 0 && rows >= 0 && columns >= 0 && stride >= columns)
    precondition(
      rows == 0 || offset + (rows - 1) * stride + columns <= storage.count,
      "a \(rows) × \(columns) matrix does not fit its storage")
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A distance of rows that spreads them over the whole first cache: an odd number of its lines of
  /// 16 floats. Rows a multiple of some kilobytes apart would share a few places of it.
  package static func spreadStride(_ columns: Int) -> Int { (columns + 15) / 32 * 32 + 16 }

  /// Zeroes, `[rows, columns]`.
  package init(rows: Int, columns: Int) {
    self.init(storage: Storage<Float>(count: rows * columns), rows: rows, columns: columns)
  }

  /// A copy of `elements`, row after row.
  package init(_ elements: [Float], rows: Int, columns: Int) {
    precondition(elements.count == rows * columns, "\(elements.count) ≠ \(rows) × \(columns)")
    self.init(rows: rows, columns: columns)
    unsafe elements.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      unsafe base.update(from: from, count: source.count)
    }
  }

  /// Memory that its owner writes before anybody reads it.
  init(uninitializedRows rows: Int, columns: Int) {
    self.init(storage: Storage(uninitialized: rows * columns), rows: rows, columns: columns)
  }

  /// The same elements in memory of their own, without gaps between the rows.
  package func copy() -> Matrix {
    let copy = Matrix(uninitializedRows: rows, columns: columns)
    for index in 0..<rows { copy.set(row: index, from: self, row: index) }
    return copy
  }

  @unsafe var base: UnsafeMutablePointer<Float> { unsafe storage.base + offset }

  @unsafe func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * stride }

  package subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return withExtendedLifetime(storage) { unsafe base[row * stride + column] }
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      unsafe base[row * stride + column] = newValue
    }
  }

  package subscript(rows range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      storage: storage, offset: offset + range.lowerBound * stride, rows: range.count,
      columns: columns, stride: stride)
  }

  package subscript(columns range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    return Matrix(
      storage: storage, offset: offset + range.lowerBound, rows: rows, columns: range.count,
      stride: stride)
  }

  /// The elements of a row, copied.
  package subscript(row index: Int) -> [Float] {
    precondition(index >= 0 && index < rows)
    return withExtendedLifetime(storage) {
      unsafe Array(UnsafeBufferPointer(start: row(index), count: columns))
    }
  }

  /// Every element, row after row, copied.
  package var elements: [Float] { (0..<rows).flatMap { self[row: $0] } }

  /// Copies `source` into row `index`, from `column` on.
  package func set(row index: Int, from source: Matrix, row sourceRow: Int) {
    precondition(index >= 0 && index < rows && sourceRow >= 0 && sourceRow < source.rows)
    precondition(columns == source.columns)
    defer { withExtendedLifetime((storage, source.storage)) {} }
    unsafe row(index).update(from: source.row(sourceRow), count: columns)
  }

  /// Copies `values` into row `index`.
  package func set(row index: Int, to values: [Float]) {
    precondition(index >= 0 && index < rows && values.count == columns)
    for (column, value) in values.enumerated() { unsafe row(index)[column] = value }
  }

  /// Calls `body` with the elements of a row.
  package func withUnsafeMutableRow(
    _ index: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    precondition(index >= 0 && index < rows)
    defer { withExtendedLifetime(storage) {} }
    unsafe body(UnsafeMutableBufferPointer(start: row(index), count: columns))
  }

  /// Calls `body` with the elements of a row.
  package func withMutableRow<Result>(
    _ index: Int, _ body: (inout MutableSpan<Float>) -> Result
  ) -> Result {
    precondition(index >= 0 && index < rows)
    defer { withExtendedLifetime(storage) {} }
    var elements = unsafe MutableSpan(_unsafeStart: row(index), count: columns)
    return body(&elements)
  }

  /// Replaces each element of a row by `body` of it.
  package func mapRow(_ index: Int, _ body: (Float) -> Float) {
    withMutableRow(index) { row in
      for column in row.indices { row[column] = body(row[column]) }
    }
  }

  /// The only row as a column, `[columns, 1]`.
  package var rowAsColumn: Matrix {
    precondition(rows == 1)
    return Matrix(storage: storage, offset: offset, rows: columns, columns: 1)
  }

  /// Sets every element.
  package func fill(_ value: Float) {
    for index in 0..<rows { unsafe row(index).update(repeating: value, count: columns) }
  }
}
