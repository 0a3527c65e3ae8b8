/// General categories, in the order of `UnicodeTables.generalCategories`.
enum GeneralCategory {
  static let names = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  /// A bit for each category that `name` covers: `Lu`, or `L` for all letters.
  static func mask(_ name: String) -> UInt32? {
    var mask: UInt32 = 0
    for (index, category) in names.enumerated()
    where category == name || (name.utf8.count == 1 && category.utf8.first == name.utf8.first) {
      mask |= 1 << UInt32(index)
    }
    return mask == 0 ? nil : mask
  }

  /// The bit of a scalar's category.
  @inline(__always)
  static func bit(of scalar: UInt32) -> UInt32 { 1 << UInt32(table[scalar]) }

  private static let table = Table()

  private struct Table: Sendable {
    private var blocks: [UInt16] = []
    private var values: [UInt8] = []

    init() {
      var known: [[UInt8]: UInt16] = [:]
      let runs = UnicodeTables.generalCategories
      var run = 0
      for first in stride(from: UInt32(0), to: 0x11_0000, by: 256) {
        var block = [UInt8](repeating: 0, count: 256)
        for offset in 0..<256 {
          let scalar = first + UInt32(offset)
          while run + 1 < runs.count, runs[run + 1] >> 8 <= scalar { run += 1 }
          block[offset] = UInt8(truncatingIfNeeded: runs[run])
        }
        if let index = known[block] {
          blocks.append(index)
        } else {
          known[block] = UInt16(values.count / 256)
          blocks.append(UInt16(values.count / 256))
          values.append(contentsOf: block)
        }
      }
    }

    @inline(__always)
    subscript(_ scalar: UInt32) -> UInt8 {
      guard scalar < 0x11_0000 else { return 29 }
      return values[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }
  }
}

/// A set of scalars, as a bracket expression or an escape such as `\s` writes it.
struct CharacterSet: Sendable {
  private(set) var ranges: [ClosedRange<UInt32>] = []
  /// One bit for each general category.
  private(set) var categories: UInt32 = 0
  private(set) var hasWhitespace = false
  /// Sets within this one that are negated: `\S` or `\P{L}` inside brackets.
  private var complements: [CharacterSet] = []
  private(set) var isNegated = false
  private var ignoresCase = false
  /// The answer for ASCII.
  private var ascii: [Bool] = []

  static func single(_ scalar: UInt32) -> CharacterSet {
    var set = CharacterSet()
    set.insert(scalar...scalar)
    return set
  }

  static let whitespace: CharacterSet = {
    var set = CharacterSet()
    set.hasWhitespace = true
    return set
  }()

  static func categories(_ mask: UInt32) -> CharacterSet {
    var set = CharacterSet()
    set.categories = mask
    return set
  }

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  mutating func insert(_ other: CharacterSet) {
    if other.isNegated {
      complements.append(other.finished(ignoringCase: false))
      return
    }
    ranges += other.ranges
    categories |= other.categories
    hasWhitespace = hasWhitespace || other.hasWhitespace
    complements += other.complements
  }

  func negated() -> CharacterSet {
    var set = self
    set.isNegated.toggle()
    return set
  }

  /// The set, ready to be asked.
  func finished(ignoringCase: Bool) -> CharacterSet {
    var set = self
    set.ignoresCase = ignoringCase
    set.ascii = (0..<128).map { set.computes(UInt32($0)) }
    return set
  }

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    scalar < 128 ? ascii[Int(scalar)] : computes(scalar)
  }

  private func computes(_ scalar: UInt32) -> Bool {
    var isMember = includes(scalar)
    if !isMember, ignoresCase {
      let folded = CharacterSet.fold(scalar)
      isMember = includes(folded) || includes(folded & ~0x20) && folded &- 0x61 < 26
    }
    return isMember != isNegated
  }

  private func includes(_ scalar: UInt32) -> Bool {
    for range in ranges where range.contains(scalar) { return true }
    if categories != 0, categories & GeneralCategory.bit(of: scalar) != 0 { return true }
    if hasWhitespace, ScalarTable.shared[scalar].contains(.whitespace) { return true }
    for set in complements where set.contains(scalar) { return true }
    return false
  }

  /// Simple case folding, with the two letters outside ASCII that fold to ASCII.
  private static func fold(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x17F: 0x73
    case 0x212A: 0x6B
    default:
      ScalarTable.shared[scalar].contains(.lowercases) ? Lowercase.first(of: scalar) : scalar
    }
  }
}
