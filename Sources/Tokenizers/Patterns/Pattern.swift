/// What `Replace` and `Split` look for: a string, or a regular expression.
enum Pattern: Sendable {
  case string([UInt8])
  /// A space, at least `minimum` times.
  case spaces(minimum: Int)
  case expression(RegularExpression)

  /// Calls `body` with every match inside `range`, from left to right; they do not overlap.
  @inline(__always)
  func forEachMatch(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    switch self {
    case .string(let string): Pattern.forEachMatch(of: string, bytes, range, body)
    case .spaces(let minimum):
      var index = range.lowerBound
      while index < range.upperBound {
        guard bytes[index] == 0x20 else {
          index &+= 1
          continue
        }
        let start = index
        while index < range.upperBound, bytes[index] == 0x20 { index &+= 1 }
        if index - start >= minimum { body(start..<index) }
      }
    case .expression(let expression): expression.forEachMatch(bytes, range, body)
    }
  }

  private static func forEachMatch(
    of string: [UInt8], _ bytes: borrowing Span<UInt8>, _ range: Range<Int>,
    _ body: (Range<Int>) -> Void
  ) {
    guard let first = string.first else { return }
    var index = range.lowerBound
    while index <= range.upperBound - string.count {
      if bytes[index] == first {
        var length = 1
        while length < string.count, bytes[index + length] == string[length] { length += 1 }
        if length == string.count {
          body(index..<index + length)
          index += length
          continue
        }
      }
      index += 1
    }
  }
}
