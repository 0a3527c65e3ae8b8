import SystemPackage

/// A matrix of float32 as NumPy's `np.load` reads it (NPY format 1.0), written row by row.
final class NumpyFile {
  private let descriptor: FileDescriptor
  private let path: String
  private let columns: Int
  private var rows = 0
  private var pending: [UInt8] = []
  /// The header takes this many bytes whatever the number of rows, so that it can be put in last.
  private static let headerLength = 128

  /// Creates a file for rows of `columns` numbers.
  init(path: String, columns: Int) throws {
    self.path = path
    self.columns = columns
    descriptor = try FileOutput.naming(path) {
      try .open(
        FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: .newFile)
    }
    // Zeros: a file that nobody finished is none.
    pending = [UInt8](repeating: 0, count: Self.headerLength)
  }

  deinit { try? descriptor.close() }

  /// Appends a row; one of another length becomes NaN, so that rows stay in step with lines.
  func append(_ row: [Float]) throws {
    let row = row.count == columns ? row : Array(repeating: .nan, count: columns)
    for number in row {
      let bits = number.bitPattern
      for shift in stride(from: 0, to: 32, by: 8) {
        pending.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
      }
    }
    rows += 1
    if pending.count >= 1 << 18 { try flush() }
  }

  /// Writes the rest of the rows, and their number into the header.
  func finish() throws {
    try flush()
    try FileOutput.naming(path) {
      try descriptor.seek(offset: 0, from: .start)
      try descriptor.writeAll(Self.header(rows: rows, columns: columns))
      try descriptor.seek(offset: 0, from: .end)
    }
  }

  private func flush() throws {
    try FileOutput.naming(path) { try descriptor.writeAll(pending) }
    pending.removeAll(keepingCapacity: true)
  }

  static func header(rows: Int, columns: Int) -> [UInt8] {
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    let length = headerLength - magic.count - 2
    text += String(repeating: " ", count: max(0, length - 1 - text.utf8.count)) + "\n"
    return magic + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
