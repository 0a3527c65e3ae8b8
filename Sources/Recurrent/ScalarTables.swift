/// The classes of Unicode scalars that a configuration defines.
///
/// All of it comes from the bundle, so that no version of a Unicode library can change an id.
/// Scalars below U+3000 are looked up directly, the rest by binary search.
struct ScalarTables: Sendable {
  struct Class: OptionSet, Sendable {
    let rawValue: UInt8
    static let letter = Class(rawValue: 1)
    static let space = Class(rawValue: 2)
    static let ignored = Class(rawValue: 4)
    static let symbol = Class(rawValue: 8)
    static let edge = Class(rawValue: 16)
    static let wide = Class(rawValue: 32)
  }

  private static let direct = 0x3000
  private var low: [Class]
  private var ranges: [(class: Class, starts: [UInt32], ends: [UInt32])] = []
  private var highSingles: [UInt32: Class] = [:]

  init() { low = [Class](repeating: [], count: Self.direct) }

  /// Adds inclusive ranges to a class. They must rise and not overlap.
  mutating func insert(_ ranges: [ClosedRange<UInt32>], as kind: Class) {
    for range in ranges where Int(range.lowerBound) < Self.direct {
      for scalar in range.lowerBound...min(range.upperBound, UInt32(Self.direct - 1)) {
        low[Int(scalar)].insert(kind)
      }
    }
    let high = ranges.filter { $0.upperBound >= UInt32(Self.direct) }
    self.ranges.append((kind, high.map(\.lowerBound), high.map(\.upperBound)))
  }

  mutating func insert(_ scalars: some Sequence<UInt32>, as kind: Class) {
    for scalar in scalars {
      if Int(scalar) < Self.direct {
        low[Int(scalar)].insert(kind)
      } else {
        highSingles[scalar, default: []].insert(kind)
      }
    }
  }

  func has(_ scalar: UInt32, _ kind: Class) -> Bool {
    if Int(scalar) < Self.direct { return low[Int(scalar)].contains(kind) }
    if let found = highSingles[scalar], found.contains(kind) { return true }
    for range in ranges where range.class == kind {
      return Self.contains(scalar, range.starts, range.ends)
    }
    return false
  }

  /// Whether a rising list of inclusive ranges holds the scalar.
  private static func contains(_ scalar: UInt32, _ starts: [UInt32], _ ends: [UInt32]) -> Bool {
    var (lower, upper) = (0, starts.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if starts[middle] <= scalar { lower = middle + 1 } else { upper = middle }
    }
    return lower > 0 && scalar <= ends[lower - 1]
  }
}

/// A map of scalars to scalars. It maps all others to themselves.
struct ScalarMap: Sendable {
  private static let direct = 0x3000
  private var low: [UInt32]
  private var high: [UInt32: UInt32] = [:]

  /// Later pairs win.
  init(from: [UInt32], to: [UInt32]) {
    low = (0..<UInt32(Self.direct)).map { $0 }
    for (source, target) in zip(from, to) {
      if Int(source) < Self.direct { low[Int(source)] = target } else { high[source] = target }
    }
  }

  @inline(__always)
  func callAsFunction(_ scalar: UInt32) -> UInt32 {
    if Int(scalar) < Self.direct { return low[Int(scalar)] }
    return high.isEmpty ? scalar : high[scalar] ?? scalar
  }
}
