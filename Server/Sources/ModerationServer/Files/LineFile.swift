import Platform
import SystemPackage

/// A file of lines that only grows. One process at a time has it open.
///
/// A line is whole when its line end is there. A process that was killed may leave a last line without one;
/// nobody was told that it was written, and it is cut off before the next is.
struct LineFile: ~Copyable {
  private let descriptor: FileDescriptor
  /// Bytes of the whole lines.
  private(set) var size: Int

  /// Opens or creates a file, which its owner alone may read.
  ///
  /// - Parameters:
  ///   - option: the option that errors name
  ///   - eachLine: takes the lines that are there
  /// - Throws: ``ServerError/setting(name:reason:)``
  init(path: String, option: String, eachLine: ((ArraySlice<UInt8>) -> Void)? = nil)
    throws(ServerError)
  {
    let file: FileDescriptor
    do {
      file = try .open(
        FilePath(path), .readWrite, options: [.create, .append, .closeOnExec],
        permissions: [.ownerReadWrite])
    } catch {
      throw .setting(name: option, reason: "\(path): \(error)")
    }
    let whole: Int
    do {
      whole = try Self.prepare(file, path: path, option: option, eachLine)
    } catch {
      try? file.close()
      throw error as? ServerError ?? .setting(name: option, reason: "\(path): \(error)")
    }
    (descriptor, size) = (file, whole)
  }

  /// Locks the file and cuts off a torn line.
  ///
  /// - Returns: the length of the whole lines
  private static func prepare(
    _ file: FileDescriptor, path: String, option: String,
    _ eachLine: ((ArraySlice<UInt8>) -> Void)?
  ) throws -> Int {
    guard file.lock() else {
      throw ServerError.setting(name: option, reason: "\(path): another process has it open")
    }
    let end = try file.seek(offset: 0, from: .end)
    let whole = try wholeLength(file, end: end, eachLine)
    if whole < end {
      try file.resize(to: Int64(whole))
      try file.synchronize()
    }
    // The name of a new file is to outlast a power cut too.
    let folder = FilePath(path).removingLastComponent()
    let parent = try FileDescriptor.open(
      folder.isEmpty ? "." : folder, .readOnly, options: .closeOnExec)
    try parent.closeAfter { try parent.synchronize() }
    return whole
  }

  deinit { try? descriptor.close() }

  /// Appends whole lines. Where that fails, none of them is there.
  mutating func append(_ lines: [UInt8]) throws {
    do {
      try descriptor.writeAll(lines)
      size += lines.count
    } catch {
      try? descriptor.resize(to: Int64(size))
      throw error
    }
  }

  /// Waits until all lines are on the disk.
  func synchronize() throws { try descriptor.synchronize() }

  /// Takes away the lines behind `size`, which were not acknowledged.
  mutating func cut(to size: Int) {
    guard (try? descriptor.resize(to: Int64(size))) != nil else { return }
    self.size = size
  }

  /// The length up to the end of the last whole line. Without a reader of lines the file is read from its
  /// end.
  private static func wholeLength(
    _ descriptor: FileDescriptor, end: Int64, _ eachLine: ((ArraySlice<UInt8>) -> Void)?
  ) throws -> Int {
    let piece = 1 << 16
    guard let eachLine else {
      var end = end
      while end > 0 {
        let start = max(0, end - Int64(piece))
        let bytes = try read(descriptor, at: start, count: Int(end - start))
        if let last = bytes.lastIndex(of: UInt8(ascii: "\n")) { return Int(start) + last + 1 }
        end = start
      }
      return 0
    }
    var (whole, open): (Int, [UInt8]) = (0, [])
    var offset: Int64 = 0
    while offset < end {
      let bytes = try read(descriptor, at: offset, count: Int(min(Int64(piece), end - offset)))
      guard !bytes.isEmpty else { break }
      offset += Int64(bytes.count)
      var start = 0
      while let last = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        open += bytes[start..<last]
        eachLine(open[...])
        whole += open.count + 1
        open.removeAll(keepingCapacity: true)
        start = last + 1
      }
      open += bytes[start...]
    }
    return whole
  }

  private static func read(_ descriptor: FileDescriptor, at offset: Int64, count: Int) throws
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe try bytes.withUnsafeMutableBytes {
      try unsafe descriptor.read(fromAbsoluteOffset: offset, into: $0)
    }
    bytes.removeLast(count - received)
    return bytes
  }
}
