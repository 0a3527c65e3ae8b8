#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory of float32 elements that matrices look into: its own, or borrowed from a mapped file whose
/// owner it keeps alive.
@safe
public final class FloatStorage: @unchecked Sendable {
  @unsafe let base: UnsafeMutablePointer<Float>
  public let count: Int
  private let owner: AnyObject?

  /// Elements past the end that may be read, so that a kernel can load a whole vector at the last one.
  private static let slack = 64

  /// Zeroed memory for `count` elements on a 64-byte boundary.
  public convenience init(count: Int) {
    self.init(uninitialized: count)
    unsafe memset(base, 0, (count + Self.slack) * MemoryLayout<Float>.size)
  }

  /// Memory that its owner writes before anybody reads it.
  init(uninitialized count: Int) {
    precondition(count >= 0, "a storage has no negative size")
    self.count = count
    owner = nil
    let (bytes, overflow) = (count + Self.slack).multipliedReportingOverflow(by: 4)
    precondition(!overflow, "a storage of \(count) floats does not fit the address space")
    var memory: UnsafeMutableRawPointer?
    let failure = unsafe posix_memalign(&memory, 64, bytes)
    guard failure == 0, let memory = unsafe memory else {
      preconditionFailure("no memory for \(bytes) bytes")
    }
    unsafe Self.populate(memory, bytes)
    unsafe base = memory.bindMemory(to: Float.self, capacity: count + Self.slack)
  }

  /// Asks the kernel for all pages of large memory at once; one by one, as they are touched, takes
  /// half as long again. Where it cannot, they come so.
  @unsafe private static func populate(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      guard bytes >= 1 << 20 else { return }
      let page = Int(getpagesize())
      let start = unsafe memory.alignedUp(toMultipleOf: page)
      let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, which older headers do not have
      unsafe madvise(start, bytes - (start - memory), populateWrite)
    #endif
  }

  /// Read-only memory of somebody else, kept alive by `owner`. Must be aligned to 4 bytes.
  public init(borrowing elements: UnsafeBufferPointer<Float>, owner: AnyObject) {
    unsafe base = UnsafeMutablePointer(
      mutating: elements.baseAddress ?? UnsafePointer(bitPattern: 64).unsafelyUnwrapped)
    count = elements.count
    self.owner = owner
  }

  deinit {
    if owner == nil { unsafe free(base) }
  }
}

/// A view of float32 rows, `[rows, columns]` row-major, rows `stride` elements apart.
///
/// It refers to its storage and does not copy it: two views of the same place see each other's writes.
/// Slices are checked when they are made. Whoever writes from several tasks at once keeps them apart.
public struct Matrix: @unchecked Sendable {
  public let storage: FloatStorage
  public let offset: Int
  public let rows: Int
  public let columns: Int
  public let stride: Int

  public init(storage: FloatStorage, offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) {
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
  public static func spreadStride(_ columns: Int) -> Int { (columns + 15) / 32 * 32 + 16 }

  /// Zeroes, `[rows, columns]`.
  public init(rows: Int, columns: Int) {
    self.init(storage: FloatStorage(count: rows * columns), rows: rows, columns: columns)
  }

  /// A copy of `elements`, row after row.
  public init(_ elements: [Float], rows: Int, columns: Int) {
    precondition(elements.count == rows * columns, "\(elements.count) ≠ \(rows) × \(columns)")
    self.init(rows: rows, columns: columns)
    unsafe elements.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      unsafe base.update(from: from, count: source.count)
    }
  }

  @unsafe var base: UnsafeMutablePointer<Float> { unsafe storage.base + offset }

  @unsafe func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * stride }

  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return withExtendedLifetime(storage) { unsafe base[row * stride + column] }
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      unsafe base[row * stride + column] = newValue
    }
  }

  public subscript(rows range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      storage: storage, offset: offset + range.lowerBound * stride, rows: range.count,
      columns: columns, stride: stride)
  }

  public subscript(columns range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    return Matrix(
      storage: storage, offset: offset + range.lowerBound, rows: rows, columns: range.count,
      stride: stride)
  }

  /// The elements of a row, copied.
  public subscript(row index: Int) -> [Float] {
    precondition(index >= 0 && index < rows)
    return withExtendedLifetime(storage) {
      unsafe Array(UnsafeBufferPointer(start: row(index), count: columns))
    }
  }

  /// Every element, row after row, copied.
  public var elements: [Float] { (0..<rows).flatMap { self[row: $0] } }

  /// Copies `source` into row `index`, from `column` on.
  public func set(row index: Int, from source: Matrix, row sourceRow: Int) {
    precondition(index >= 0 && index < rows && sourceRow >= 0 && sourceRow < source.rows)
    precondition(columns == source.columns)
    defer { withExtendedLifetime((storage, source.storage)) {} }
    unsafe row(index).update(from: source.row(sourceRow), count: columns)
  }

  /// Copies `values` into row `index`.
  public func set(row index: Int, to values: [Float]) {
    precondition(index >= 0 && index < rows && values.count == columns)
    for (column, value) in values.enumerated() { unsafe row(index)[column] = value }
  }

  /// Calls `body` with the elements of a row.
  public func withUnsafeMutableRow(
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
  public func fill(_ value: Float) {
    for index in 0..<rows { unsafe row(index).update(repeating: value, count: columns) }
  }
}
