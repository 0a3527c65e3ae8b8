/// Lowercase mappings of single scalars, without the rule for the final sigma, as Rust's
/// `char::to_lowercase` has them.
enum Lowercase {
  /// The lowercase of a scalar that has one. U+0130 gives two scalars, of which this is the first;
  /// see ``second(of:)``.
  static func first(of scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar | 0x20 : scalar }
    if scalar == 0x130 { return 0x69 }
    let ranges = UnicodeTables.lowercase
    var low = 0
    var high = ranges.count / 4
    while low < high {
      let middle = (low + high) / 2
      if ranges[4 * middle] <= Int32(truncatingIfNeeded: scalar) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low > 0 else { return scalar }
    let first = ranges[4 * low - 4]
    let last = ranges[4 * low - 3]
    let stride = ranges[4 * low - 2]
    let value = Int32(truncatingIfNeeded: scalar)
    guard value <= last, (value - first) % stride == 0 else { return scalar }
    return UInt32(bitPattern: value + ranges[4 * low - 1])
  }

  /// The second scalar of the lowercase, which only U+0130 has.
  static func second(of scalar: UInt32) -> UInt32? { scalar == 0x130 ? 0x307 : nil }
}
