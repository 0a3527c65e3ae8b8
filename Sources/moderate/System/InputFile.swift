import ModerationEvaluation
import SystemPackage

/// A file or standard input, read piece by piece.
final class InputFile {
  private let descriptor: FileDescriptor
  /// The file's name in errors: the last part of the path.
  let name: String
  private(set) var bytesRead = 0
  /// Size of the file; nil for a pipe or terminal.
  let byteCount: Int?

  private static let pieceSize = 1 << 16

  /// Opens a file; `-` is standard input.
  init(path: String) throws(CommandError) {
    name = FileOutput.name(of: path)
    do {
      descriptor =
        path == "-"
        ? .standardInput : try .open(FilePath(path), .readOnly, options: .closeOnExec)
      let status = try descriptor.stat()
      byteCount = status.type == .regular ? Int(status.size) : nil
    } catch {
      throw .input("\(path == "-" ? name : path): \(error)")
    }
  }

  deinit {
    if descriptor != .standardInput { try? descriptor.close() }
  }

  /// The next piece; nil at the end.
  func next() throws(CommandError) -> [UInt8]? {
    do {
      let piece = try descriptor.read(upTo: Self.pieceSize)
      bytesRead += piece.count
      return piece.isEmpty ? nil : piece
    } catch {
      throw .input("\(name): \(error)")
    }
  }

  /// Whether the next piece is not there yet.
  var wouldWait: Bool { byteCount == nil && descriptor.wouldWait }

  /// All that is left.
  func rest() throws(CommandError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try next() {
      guard bytes.count + piece.count <= ByteStream.longestFile else {
        throw .input("\(name): \(ByteStream.tooLong(limit: ByteStream.longestFile))")
      }
      bytes += piece
    }
    return bytes
  }

  var progress: ProgressBar.Measure { .init(done: bytesRead, total: byteCount) }
}
