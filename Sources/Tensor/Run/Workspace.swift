internal import Synchronization

/// The memory of one forward pass, kept for the next one.
///
/// Matrices are taken one behind the other from large pieces of memory, and given back together when
/// the ``scope(_:)`` that they were taken in ends. After a first pass of a size nothing is allocated.
package final class Workspace: @unchecked Sendable {
  private var pieces: [Storage<Float>] = []
  /// The piece that the next matrix is taken from, and the number of its floats that are taken.
  private var (piece, used) = (0, 0)
  private var depth = 0
  /// Quantised inputs, by columns and digits: there are two or three kinds in a model.
  private var quantized: [QuantizedRows] = []
  /// Written when the workspace is given back and read when it is taken. ThreadSanitizer sees the order of
  /// these two, and not the order that a `Mutex` gives to threads that wait for it.
  fileprivate let wasReturned = Atomic<Bool>(false)

  /// Floats of the smallest piece.
  private static let smallest = 1 << 14

  package init() {}

  /// Memory for `[rows, columns]`, valid until the scope around the call ends. Its elements have
  /// whatever values they had before. Rows are ``Matrix/spreadStride(_:)`` apart.
  package func matrix(rows: Int, columns: Int) -> Matrix {
    let stride = Matrix.spreadStride(columns)
    let count = rows * stride
    while piece < pieces.count, pieces[piece].count - used < count {
      (piece, used) = (piece + 1, 0)
    }
    if piece == pieces.count {
      let total = pieces.reduce(0) { $0 + $1.count }
      pieces.append(Storage<Float>(count: max(count, total, Self.smallest)))
    }
    defer { used += count }
    return Matrix(
      storage: pieces[piece], offset: used, rows: rows, columns: columns, stride: stride)
  }

  /// Runs `body` and takes back the matrices that it took.
  package func scope<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = (piece, used)
    depth += 1
    defer {
      (piece, used) = start
      depth -= 1
      if depth == 0 { joinPieces() }
    }
    return try body()
  }

  /// Replaces several pieces by one that holds as much.
  private func joinPieces() {
    guard pieces.count > 1 else { return }
    pieces = [Storage<Float>(count: pieces.reduce(0) { $0 + $1.count })]
  }

  /// A copy of some rows of `x`.
  package func gather(_ rows: [Int], of x: Matrix) -> Matrix {
    let gathered = matrix(rows: rows.count, columns: x.columns)
    for (index, row) in rows.enumerated() { gathered.set(row: index, from: x, row: row) }
    return gathered
  }

  /// Rows to quantise an input into. They are the same memory for every call with as many columns and
  /// digits.
  func quantizedRows(_ rows: Int, columns: Int, digits: Int) -> QuantizedRows {
    let place = quantized.firstIndex { $0.columns == columns && $0.digits == digits }
    if let place, quantized[place].capacity >= rows { return quantized[place] }
    // There is room for somewhat longer texts, so that few of them allocate.
    let new = QuantizedRows(rows: max(32, rows + rows / 2), columns: columns, digits: digits)
    if let place { quantized[place] = new } else { quantized.append(new) }
    return new
  }

  /// Floats held.
  var size: Int {
    pieces.reduce(0) { $0 + $1.count }
      + quantized.reduce(0) { $0 + $1.capacity * $1.columns * $1.digits / 4 }
  }
}

/// Workspaces that no call uses: as many as there were calls at once.
package final class WorkspacePool: Sendable {
  private let idle = Mutex<[Workspace]>([])

  /// Floats that an idle workspace may hold: 64 MiB. One that a long text has grown beyond it is freed.
  private static let keptSize = 16 << 20

  package init() {}

  /// Lends `body` a workspace.
  package func withWorkspace<Result, Failure: Error>(
    _ body: (Workspace) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let workspace = idle.withLock { $0.popLast() } ?? Workspace()
    _ = workspace.wasReturned.load(ordering: .acquiring)
    defer {
      workspace.wasReturned.store(true, ordering: .releasing)
      if workspace.size <= Self.keptSize { idle.withLock { $0.append(workspace) } }
    }
    return try workspace.scope { () throws(Failure) in try body(workspace) }
  }
}
