/// Reading and writing scalars in UTF-8 that is valid, without trapping where it is not.
enum UTF8Scalars {
  /// The scalar at `index` and its length in bytes, at least 1. Broken UTF-8 reads as U+FFFD.
  @inline(__always)
  static func read(_ bytes: borrowing Span<UInt8>, _ index: Int) -> (scalar: UInt32, length: Int) {
    let lead = bytes[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    return readLong(bytes, index)
  }

  private static func readLong(_ bytes: borrowing Span<UInt8>, _ index: Int) -> (UInt32, Int) {
    let lead = UInt32(bytes[index])
    let left = bytes.count - index
    if lead >= 0xC0, lead < 0xE0, left >= 2 {
      return ((lead & 0x1F) << 6 | tail(bytes, index + 1), 2)
    }
    if lead >= 0xE0, lead < 0xF0, left >= 3 {
      return ((lead & 0x0F) << 12 | tail(bytes, index + 1) << 6 | tail(bytes, index + 2), 3)
    }
    if lead >= 0xF0, lead < 0xF8, left >= 4 {
      let low = tail(bytes, index + 2) << 6 | tail(bytes, index + 3)
      return ((lead & 0x07) << 18 | tail(bytes, index + 1) << 12 | low, 4)
    }
    return (0xFFFD, 1)
  }

  @inline(__always)
  private static func tail(_ bytes: borrowing Span<UInt8>, _ index: Int) -> UInt32 {
    UInt32(bytes[index] & 0x3F)
  }

  /// The index of the scalar that ends before `index`.
  static func before(_ bytes: borrowing Span<UInt8>, _ index: Int) -> Int {
    var start = index - 1
    while start > 0, index - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// The number of bytes that encode a scalar.
  @inline(__always)
  static func length(_ scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
  }

  /// How many scalars the bytes hold.
  static func count(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
