/// Unicode normalisation forms, with the bookkeeping of what each scalar replaces.
enum Decomposition {
  enum Form {
    case canonical, compatibility
  }

  /// Calls `body` with the full decomposition of a scalar, itself if it has none.
  @inline(__always)
  static func forEach(of scalar: UInt32, _ form: Form, _ body: (UInt32) -> Void) {
    let syllable = scalar &- 0xAC00
    if syllable < 11_172 {
      body(0x1100 + syllable / 588)
      body(0x1161 + syllable % 588 / 28)
      if syllable % 28 != 0 { body(0x11A7 + syllable % 28) }
      return
    }
    if form == .compatibility, let range = Tables.shared.compatibility[scalar] {
      for scalar in UnicodeTables.compatibilityDecompositions[range] { body(scalar) }
    } else if let range = Tables.shared.canonical[scalar] {
      for scalar in UnicodeTables.canonicalDecompositions[range] { body(scalar) }
    } else {
      body(scalar)
    }
  }

  /// The canonical combining class.
  static func combiningClass(_ scalar: UInt32) -> UInt8 {
    guard ScalarTable.shared[scalar].contains(.ordered) else { return 0 }
    return UInt8(truncatingIfNeeded: UnicodeTables.combiningClasses.lastRun(of: scalar))
  }

  /// The composite of two scalars.
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- 0x1100 < 19, second &- 0x1161 < 21 {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if first &- 0xAC00 < 11_172, (first - 0xAC00) % 28 == 0, second > 0x11A7, second < 0x11C3 {
      return first + second - 0x11A7
    }
    let table = UnicodeTables.compositions
    var low = 0
    var high = table.count / 3
    while low < high {
      let middle = (low + high) / 2
      if (table[3 * middle], table[3 * middle + 1]) < (first, second) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard 3 * low < table.count, table[3 * low] == first, table[3 * low + 1] == second else {
      return nil
    }
    return table[3 * low + 2]
  }

  /// Appends the piece in NFD, NFC, NFKD or NFKC.
  static func normalize(
    _ source: AlignedText, _ piece: TextPiece, _ form: Form, composed: Bool,
    into out: inout AlignedText
  ) {
    // Nothing below U+0300 composes with what is before it; nothing below U+00A0 decomposes.
    let limit: UInt8 = composed && form == .canonical ? 0xCC : 0xC2
    if source.bytes[piece.range].allSatisfy({ $0 < limit }) {
      out.append(source, piece.range)
      return
    }
    let decomposed = decompose(source.scalars(piece.range), form)
    out.append(source, piece, edited: composed ? compose(decomposed) : decomposed)
  }

  /// The decomposition in canonical order: the first scalar of each replaces, the others are added.
  private static func decompose(_ scalars: [UInt32], _ form: Form) -> [Edit] {
    var edits: [Edit] = []
    var classes: [UInt8] = []
    edits.reserveCapacity(scalars.count * 2)
    classes.reserveCapacity(scalars.count * 2)
    var marks = 0
    for scalar in scalars {
      var change = 0
      forEach(of: scalar, form) { part in
        let order = combiningClass(part)
        if order == 0 {
          sort(&edits, &classes, from: marks)
          marks = edits.count + 1
        }
        edits.append(Edit(part, change))
        classes.append(order)
        change = 1
      }
    }
    sort(&edits, &classes, from: marks)
    return edits
  }

  /// Sorts the marks at the end by class, stably.
  private static func sort(_ edits: inout [Edit], _ classes: inout [UInt8], from start: Int) {
    guard edits.count - start > 1 else { return }
    let order = (start..<edits.count).sorted { (classes[$0], $0) < (classes[$1], $1) }
    // The marks alone are copied: a text may have as many runs of them as letters.
    edits.replaceSubrange(start..., with: order.map { edits[$0] })
    classes.replaceSubrange(start..., with: order.map { classes[$0] })
  }

  /// Canonical composition. What a composite replaces is the sum of what its parts did.
  private static func compose(_ edits: [Edit]) -> [Edit] {
    var result: [Edit] = []
    result.reserveCapacity(edits.count)
    var starter: Edit?
    var marks: [Edit] = []
    var lastClass: UInt8?
    for edit in edits {
      let order = combiningClass(edit.scalar)
      guard let base = starter else {
        if order == 0 { starter = edit } else { result.append(edit) }
        continue
      }
      let isBlocked = lastClass.map { $0 >= order } ?? false
      if !isBlocked, let composite = compose(base.scalar, edit.scalar) {
        starter = Edit(composite, base.change + edit.change - 1)
      } else if order == 0 {
        result.append(base)
        result.append(contentsOf: marks)
        marks.removeAll(keepingCapacity: true)
        lastClass = nil
        starter = edit
      } else {
        marks.append(edit)
        lastClass = order
      }
    }
    if let starter { result.append(starter) }
    return result + marks
  }

  private struct Tables: Sendable {
    let canonical: Index
    let compatibility: Index

    static let shared = Tables()

    private init() {
      canonical = Index(UnicodeTables.canonicalDecompositions)
      compatibility = Index(UnicodeTables.compatibilityDecompositions)
    }
  }

  /// Where each scalar's decomposition is.
  private struct Index: Sendable {
    private var scalars: [UInt32] = []
    private var starts: [Int] = []

    init(_ table: [UInt32]) {
      var index = 0
      while index < table.count {
        scalars.append(table[index] & 0xFF_FFFF)
        starts.append(index + 1)
        index += 1 + Int(table[index] >> 24)
      }
      starts.append(table.count + 1)
    }

    subscript(_ scalar: UInt32) -> Range<Int>? {
      var low = 0
      var high = scalars.count
      while low < high {
        let middle = (low + high) / 2
        if scalars[middle] < scalar { low = middle + 1 } else { high = middle }
      }
      guard low < scalars.count, scalars[low] == scalar else { return nil }
      return starts[low]..<starts[low + 1] - 1
    }
  }
}

extension [UInt32] {
  /// In a table of `scalar << 8 | value` runs, the value at a scalar.
  func lastRun(of scalar: UInt32) -> UInt32 {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] >> 8 <= scalar { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? self[low - 1] & 0xFF : 0
  }
}
