/// What the reference library's several Unicode tables say of a scalar.
struct ScalarFlags: OptionSet, Sendable {
  let rawValue: UInt16

  /// White_Space.
  static let whitespace = ScalarFlags(rawValue: 1 << 0)
  /// ASCII symbols and the P categories.
  static let punctuation = ScalarFlags(rawValue: 1 << 1)
  /// What BERT's cleaning removes: NUL, U+FFFD and the C categories, but not tab and line ends.
  static let cleaned = ScalarFlags(rawValue: 1 << 2)
  /// Mn as BERT's accent stripping knows it.
  static let nonspacing = ScalarFlags(rawValue: 1 << 3)
  /// M as StripAccents knows it.
  static let combining = ScalarFlags(rawValue: 1 << 4)
  /// The N categories.
  static let numeric = ScalarFlags(rawValue: 1 << 5)
  /// `\w`.
  static let word = ScalarFlags(rawValue: 1 << 6)
  /// Extend, ZWJ or SpacingMark: stays in the grapheme of what is before it.
  static let extends = ScalarFlags(rawValue: 1 << 7)
  /// Prepend: keeps what follows in its grapheme.
  static let prepends = ScalarFlags(rawValue: 1 << 8)
  /// Control, CR or LF: a grapheme of its own.
  static let control = ScalarFlags(rawValue: 1 << 9)
  /// Extended_Pictographic.
  static let pictograph = ScalarFlags(rawValue: 1 << 10)
  /// Has a lowercase mapping.
  static let lowercases = ScalarFlags(rawValue: 1 << 11)
  /// Has a canonical decomposition.
  static let canonical = ScalarFlags(rawValue: 1 << 12)
  /// Has a compatibility decomposition other than the canonical one.
  static let compatibility = ScalarFlags(rawValue: 1 << 13)
  /// Has a canonical combining class other than 0.
  static let ordered = ScalarFlags(rawValue: 1 << 14)
}

/// The flags of every scalar, in blocks of 256 of which equal ones are stored once.
struct ScalarTable: Sendable {
  private let blocks: [UInt16]
  private let flags: [UInt16]

  static let shared = ScalarTable()

  private init() {
    var blocks = [UInt16](repeating: 0, count: 0x1100)
    var flags: [UInt16] = []
    var uniform: [UInt16: UInt16] = [:]
    var run = 0
    let runs = UnicodeTables.properties
    var block = [UInt16](repeating: 0, count: 256)
    for index in 0..<blocks.count {
      let first = UInt64(index) << 8
      // Runs that begin inside this block; the one in force at its start is `run`.
      while run + 1 < runs.count, runs[run + 1] >> 16 <= first { run += 1 }
      let current = UInt16(truncatingIfNeeded: runs[run])
      if run + 1 >= runs.count || runs[run + 1] >> 16 >= first + 256 {
        if let known = uniform[current] {
          blocks[index] = known
          continue
        }
        uniform[current] = UInt16(flags.count >> 8)
        blocks[index] = UInt16(flags.count >> 8)
        flags.append(contentsOf: repeatElement(current, count: 256))
        continue
      }
      var here = run
      for offset in 0..<256 {
        while here + 1 < runs.count, runs[here + 1] >> 16 <= first + UInt64(offset) { here += 1 }
        block[offset] = UInt16(truncatingIfNeeded: runs[here])
      }
      blocks[index] = UInt16(flags.count >> 8)
      flags.append(contentsOf: block)
    }
    self.blocks = blocks
    self.flags = flags
  }

  /// The flags of a scalar value; none beyond U+10FFFF.
  @inline(__always)
  subscript(_ scalar: UInt32) -> ScalarFlags {
    guard scalar < 0x11_0000 else { return [] }
    let block = Int(blocks[Int(scalar >> 8)])
    return ScalarFlags(rawValue: flags[block << 8 | Int(scalar & 0xFF)])
  }
}
