/// Files one after another, and how far all of them have been read.
final class DataFiles {
  private let files: [(file: InputFile, path: String)]
  private var position = 0

  /// Opens all files, so that one that is missing is known before the work begins.
  init(_ paths: [String]) throws {
    files = try paths.map { (try InputFile(path: $0), $0) }
  }

  /// The next file; nil after the last.
  func next() -> (file: InputFile, path: String)? {
    guard position < files.count else { return nil }
    position += 1
    return files[position - 1]
  }

  var progress: ProgressBar.Measure {
    let totals = files.map(\.file.byteCount)
    return .init(
      done: files.reduce(0) { $0 + $1.file.bytesRead },
      total: totals.contains(nil) ? nil : totals.reduce(0) { $0 + ($1 ?? 0) })
  }
}
