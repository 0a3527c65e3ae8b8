/// Files one after another, and how far all of them have been read.
final class DataFiles {
  private var sources: [(source: ByteSource, path: String)] = []
  private var position = 0

  /// Opens all files, so that one that is missing is known before the work begins.
  init(_ paths: [String]) throws {
    for path in paths { sources.append((try ByteSource(path: path), path)) }
  }

  /// The next file; nil after the last.
  func next() throws -> (ByteSource, String)? {
    guard position < sources.count else { return nil }
    position += 1
    return sources[position - 1]
  }

  var progress: ProgressBar.Measure {
    let totals = sources.map(\.source.byteCount)
    return .init(
      done: sources.reduce(0) { $0 + $1.source.bytesRead },
      total: totals.contains(nil) ? nil : totals.reduce(0) { $0 + ($1 ?? 0) })
  }
}
