import Synchronization
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Floats for the intermediate values of one text, seen as matrices by the kernels and as a buffer by
/// the loops here. It grows with the longest text and is used again for the next.
@safe
final class Workspace: @unchecked Sendable {
  /// Memory that matrices keep alive after the workspace has moved on to a larger piece.
  @safe
  private final class Memory: @unchecked Sendable {
    let floats: UnsafeMutableBufferPointer<Float>
    /// Without the slack.
    let count: Int

    init(count: Int) {
      self.count = count
      // Kernels may load, and products may store, a vector past the end.
      let slack = 128
      let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: (count + slack) * MemoryLayout<Float>.stride, alignment: 64)
      unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
      unsafe floats = bytes.bindMemory(to: Float.self)
    }

    deinit { unsafe UnsafeMutableRawBufferPointer(floats).deallocate() }
  }

  private var memory: Memory
  private var storage: FloatStorage
  private var used = 0
  /// Quantised inputs of int8 products, by columns, and a row to rotate in.
  private var quantized: [QuantizedRows] = []
  private var rotated = Matrix(rows: 1, columns: 0)

  init() {
    memory = Memory(count: 0)
    unsafe storage = FloatStorage(borrowing: UnsafeBufferPointer(memory.floats), owner: memory)
  }

  /// Forgets all regions and makes room for `count` floats.
  func reset(count: Int) {
    used = 0
    guard count > memory.count else { return }
    memory = Memory(count: count)
    unsafe storage = FloatStorage(borrowing: UnsafeBufferPointer(memory.floats), owner: memory)
  }

  /// The next rows × columns floats, each row on a 64-byte boundary and up to a multiple of 16 long.
  /// Zeroed.
  func matrix(_ rows: Int, _ columns: Int) -> Region {
    let stride = Self.rounded(columns)
    let offset = used
    used += rows * stride
    precondition(used <= memory.count, "the workspace was reset for less")
    let slice = unsafe UnsafeMutableBufferPointer(
      rebasing: memory.floats[offset..<(offset + rows * stride)])
    unsafe slice.update(repeating: 0)
    return unsafe Region(
      matrix: Matrix(
        storage: storage, offset: offset, rows: rows, columns: columns, stride: stride),
      floats: slice)
  }

  /// `y = activation(x · weightsᵀ + bias)`.
  func apply(
    _ layer: Projection, to x: Matrix, activation: Activation = .none, into y: Matrix,
    _ kernels: Kernels
  ) {
    switch layer {
    case .float32(let layer):
      kernels.dense(x, layer, activation: activation, into: y)
    case .int8(let weights, let digits):
      let rows = quantizedRows(x.rows, columns: x.columns, digits: digits)
      kernels.quantize(x, into: rows, first: 0, scratch: rotated)
      kernels.dense(
        rows, rows: 0..<x.rows, weights, columns: 0..<weights.outputs, activation: activation,
        into: y)
    }
  }

  private func quantizedRows(_ rows: Int, columns: Int, digits: Int) -> QuantizedRows {
    if rotated.columns < columns { rotated = Matrix(rows: 1, columns: columns) }
    let place = quantized.firstIndex { $0.columns == columns && $0.digits == digits }
    if let place, quantized[place].capacity >= rows { return quantized[place] }
    // Room for longer texts, so that few of them allocate.
    let new = QuantizedRows(rows: max(rows, 16) * 2, columns: columns, digits: digits)
    if let place { quantized[place] = new } else { quantized.append(new) }
    return new
  }

  /// Floats that ``matrix(_:_:)`` takes.
  static func size(_ rows: Int, _ columns: Int) -> Int { rows * rounded(columns) }

  private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// A matrix and the memory it lies in.
  @safe
  struct Region {
    let matrix: Matrix
    let floats: UnsafeMutableBufferPointer<Float>

    var stride: Int { matrix.stride }

    /// The columns of a row.
    func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
      let start = index * stride
      return unsafe UnsafeMutableBufferPointer(
        rebasing: floats[start..<(start + matrix.columns)])
    }
  }
}

/// Workspaces for as many texts as are under way at once.
final class WorkspacePool: Sendable {
  private let idle = Mutex<[Workspace]>([])

  func with<Result, Failure: Error>(
    _ body: (Workspace) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let workspace = idle.withLock { $0.popLast() } ?? Workspace()
    defer { idle.withLock { $0.append(workspace) } }
    return try body(workspace)
  }
}
