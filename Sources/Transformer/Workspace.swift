internal import Synchronization
internal import Tensor

/// The memory of one forward pass, kept for the next one.
///
/// A slot grows to the largest size asked of it; after warm-up nothing is allocated.
final class Workspace: @unchecked Sendable {
  enum Slot: Int, CaseIterable {
    case hidden, attended, queries, context, intermediate, embedded, rotated
    /// Those rows of `hidden` and of `embedded` that are wanted.
    case someHidden, someEmbedded
  }

  private var slots = [FloatStorage?](repeating: nil, count: Slot.allCases.count)
  /// Quantised inputs, by columns and digits: there are two or three kinds in a model.
  private var quantized: [QuantizedRows] = []
  /// Scratch of each worker thread: only that thread touches its own.
  private var scratch: [FloatStorage?]

  init(threads: Int) { scratch = Array(repeating: nil, count: threads) }

  func matrix(_ slot: Slot, rows: Int, columns: Int) -> Matrix {
    let stride = Matrix.spreadStride(columns)
    return Matrix(
      storage: Self.grown(&slots[slot.rawValue], to: rows * stride), rows: rows, columns: columns,
      stride: stride)
  }

  /// A copy of some rows.
  func gather(_ rows: [Int], of x: Matrix, into slot: Slot) -> Matrix {
    let gathered = matrix(slot, rows: rows.count, columns: x.columns)
    for (index, row) in rows.enumerated() { gathered.set(row: index, from: x, row: row) }
    return gathered
  }

  /// Rows to quantise an input into.
  func quantizedRows(_ rows: Int, columns: Int, digits: Int) -> QuantizedRows {
    if let place = quantized.firstIndex(where: { $0.columns == columns && $0.digits == digits }) {
      if quantized[place].capacity < rows {
        quantized[place] = QuantizedRows(rows: rows, columns: columns, digits: digits)
      }
      return quantized[place]
    }
    let new = QuantizedRows(rows: rows, columns: columns, digits: digits)
    quantized.append(new)
    return new
  }

  /// Makes room for `count` floats for every worker, before they start.
  func reserveScratch(_ count: Int) {
    for worker in scratch.indices { _ = Self.grown(&scratch[worker], to: count) }
  }

  /// Scratch of a worker, as far as it was reserved.
  func scratch(of worker: Int) -> FloatStorage? { scratch[worker] }

  private static func grown(_ storage: inout FloatStorage?, to count: Int) -> FloatStorage {
    if let storage, storage.count >= count { return storage }
    let larger = FloatStorage(count: count)
    storage = larger
    return larger
  }

  /// Floats held. A workspace that one long text has grown is not kept.
  var size: Int {
    (slots + scratch).reduce(0) { $0 + ($1?.count ?? 0) }
      + quantized.reduce(0) { $0 + $1.capacity * $1.columns * $1.digits / 4 }
  }
}

/// Workspaces not in use: as many as there are calls at once.
final class WorkspacePool: Sendable {
  private let idle = Mutex<[Workspace]>([])
  private let threads: Int

  /// Floats that an idle workspace may hold: 64 MiB.
  private static let keptSize = 16 << 20

  init(threads: Int) { self.threads = threads }

  func withWorkspace<Result, Failure: Error>(
    _ body: (Workspace) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let workspace = idle.withLock { $0.popLast() } ?? Workspace(threads: threads)
    defer {
      if workspace.size <= Self.keptSize { idle.withLock { $0.append(workspace) } }
    }
    return try body(workspace)
  }
}
