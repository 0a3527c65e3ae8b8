import JSON

/// The content of a file of answers: the keys that were answered, and where its last whole line ends.
///
/// A session that was cut off in the middle of a line leaves a torn one; it is to be cut away before
/// more is appended. A line of the file that cannot be read is kept and not counted.
package struct ReviewJournal: Sendable {
  /// Keys of the items answered, or skipped.
  package private(set) var answered: Set<String> = []
  package private(set) var skipped: Set<String> = []
  /// The length of the file up to the end of its last whole line, in bytes.
  package let wholeLength: Int
  /// Whether the last line is whole but for its line end, so that one must come before the next.
  package let needsLineEnd: Bool

  package init(_ bytes: [UInt8]) {
    var start = 0
    var keys: [(key: String, isSkipped: Bool)] = []
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if let key = Self.key(bytes[start..<end]) { keys.append(key) }
      start = end + 1
    }
    if start < bytes.count, let key = Self.key(bytes[start...]) {
      keys.append(key)
      wholeLength = bytes.count
      needsLineEnd = true
    } else {
      wholeLength = start
      needsLineEnd = false
    }
    for (key, isSkipped) in keys {
      // A later answer overrides an earlier skip.
      answered.insert(key)
      if isSkipped { skipped.insert(key) } else { skipped.remove(key) }
    }
  }

  private static func key(_ line: ArraySlice<UInt8>) -> (key: String, isSkipped: Bool)? {
    guard
      let example = try? LabelledExample(
        parsing: Array(line), line: 0, columns: DatasetColumns())
    else { return nil }
    return (
      ReviewItem.key(text: example.text, context: example.context),
      example.metadata["review"] == ReviewSession.Answer.Kind.skipped.rawValue
    )
  }
}
