import JSON

/// Reads one object of a `config.json`.
typealias ConfigurationReader = JSONReader<RecurrentError>

extension JSONReader<RecurrentError> {
  /// Inclusive ranges of scalars, `[[first, last], …]`, that rise and do not overlap.
  func scalarRanges(_ key: String) throws(RecurrentError) -> [ClosedRange<UInt32>] {
    var ranges: [ClosedRange<UInt32>] = []
    for (index, element) in try array(key).enumerated() {
      guard case .array(let pair) = element, pair.count == 2,
        case .number(let first) = pair[0], case .number(let last) = pair[1],
        let low = first.integer, let high = last.integer,
        low >= 0, low <= high, high <= 0x10FFFF,
        ranges.last.map({ $0.upperBound < UInt32(low) }) ?? true
      else {
        throw invalid(
          "\(key)[\(index)]", "is no pair of Unicode scalars that follows the one before")
      }
      ranges.append(UInt32(low)...UInt32(high))
    }
    return ranges
  }

  func scalars(_ key: String) throws(RecurrentError) -> [UInt32] {
    try string(key).unicodeScalars.map(\.value)
  }

  /// `{"from": "AB…", "to": "ab…"}`: as many scalars on both sides.
  func scalarMap(_ key: String) throws(RecurrentError) -> ScalarMap {
    let object = try reader(key)
    let (from, to) = (try object.scalars("from"), try object.scalars("to"))
    try object.end()
    guard from.count == to.count else {
      throw invalid(key, "maps \(from.count) scalars to \(to.count)")
    }
    return ScalarMap(from: from, to: to)
  }
}
