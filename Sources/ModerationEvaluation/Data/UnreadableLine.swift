import JSON

/// A line that could not be read; the rest of the file is.
public struct UnreadableLine: Error, Hashable, CustomStringConvertible {
  public let line: Int
  public let reason: String

  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  public var description: String { "line \(line): \(reason)" }
}

extension JSONError {
  /// The description of an error in a text that is one line of a file: the column alone, since the
  /// parser takes the line for the first.
  package var descriptionInLine: String {
    let line = "line 1, "
    return description.hasPrefix(line) ? String(description.dropFirst(line.count)) : description
  }
}
