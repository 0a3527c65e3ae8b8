@testable import Safetensors

/// Damages inputs, blindly and with a sense for text made of numbers, words and brackets.
struct Mutator {
  var generator: Generator

  static let numbers = [
    "0", "-0", "1", "-1", "2", "7", "8", "31", "32", "127", "128", "255", "256", "32767", "65536",
    "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "1e308", "1e309", "-1e400", "1e-400", "0.5", "1.0", "1e2", "inf", "nan",
    "NaN", "null", "true", "[]", "{}", "\"\"", "[[[[[[[[", "100000000", "99999999999999999999999",
  ]

  /// The most bytes of an input.
  static let largestInput = 1 << 16

  mutating func mutate(_ input: [UInt8], corpus: [[UInt8]]) -> [UInt8] {
    var bytes = input
    for _ in 0...generator.below(4) { change(&bytes, corpus) }
    return Array(bytes.prefix(Self.largestInput))
  }

  private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    guard !bytes.isEmpty else {
      bytes.append(UInt8(truncatingIfNeeded: generator.next()))
      return
    }
    let at = generator.below(bytes.count)
    switch generator.below(12) {
    case 0: bytes[at] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
    case 2: bytes.removeSubrange(range(bytes, from: at, upTo: 16))
    case 3: bytes.insert(contentsOf: bytes[range(bytes, from: at, upTo: 64)], at: at)
    case 4: bytes.removeSubrange(at...)
    case 5:
      let other = corpus[generator.below(corpus.count)]
      guard !other.isEmpty else { return }
      let from = generator.below(other.count)
      bytes.replaceSubrange(
        range(bytes, from: at, upTo: 64), with: other[range(other, from: from, upTo: 64)])
    case 6: bytes[at] = [0x00, 0x7F, 0x80, 0xFF, 0x22, 0x5C, 0x5B, 0x7B, 0x0A][generator.below(9)]
    case 7, 8:
      // A word or number becomes an awkward number.
      let value = Self.numbers[generator.below(Self.numbers.count)]
      bytes.replaceSubrange(word(bytes, around: at), with: Array(value.utf8))
    case 9:
      // One word takes the place of another.
      let other = bytes[word(bytes, around: generator.below(bytes.count))]
      bytes.replaceSubrange(word(bytes, around: at), with: Array(other))
    case 10: bytes.removeSubrange(line(bytes, around: at))
    default:
      let other = bytes[line(bytes, around: generator.below(bytes.count))]
      bytes.insert(contentsOf: Array(other), at: line(bytes, around: at).lowerBound)
    }
  }

  private mutating func range(_ bytes: [UInt8], from start: Int, upTo length: Int) -> Range<Int> {
    start..<min(bytes.count, start + 1 + generator.below(length))
  }

  private func word(_ bytes: [UInt8], around index: Int) -> Range<Int> {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
      default: byte >= 0x80
      }
    }
    return extent(bytes, index, isWord)
  }

  private func line(_ bytes: [UInt8], around index: Int) -> Range<Int> {
    extent(bytes, index) { $0 != 0x0A }
  }

  private func extent(
    _ bytes: [UInt8], _ index: Int, _ belongs: (UInt8) -> Bool
  ) -> Range<Int> {
    guard belongs(bytes[index]) else { return index..<index + 1 }
    var start = index
    var end = index + 1
    while start > 0, belongs(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, belongs(bytes[end]) { end += 1 }
    return start..<end
  }
}

/// Mends what would give a change away at once.
enum Mending {
  /// The length of a safetensors header: up to the last brace before the data.
  static func safetensors(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 8, let end = bytes[8...].lastIndex(of: UInt8(ascii: "}")) else {
      return bytes
    }
    let length = UInt64(end + 1 - 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes[8...]
  }

  /// The place, size and count of the directory of a zip file, and the checksum of its pickle.
  static func archive(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    func little(_ at: Int, _ width: Int) -> Int {
      (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    func places(_ signature: [UInt8]) -> [Int] {
      guard bytes.count >= 22 else { return [] }
      return (0...bytes.count - 4).filter { at in
        bytes[at] == signature[0] && bytes[at + 1] == signature[1]
          && bytes[at + 2] == signature[2] && bytes[at + 3] == signature[3]
      }
    }
    let entries = places([0x50, 0x4B, 1, 2]).filter { $0 + 46 <= bytes.count }
    guard let first = entries.first,
      let end = places([0x50, 0x4B, 5, 6]).last(where: { $0 > first && $0 + 22 <= bytes.count })
    else { return bytes }
    func set(_ value: Int, _ at: Int, _ width: Int) {
      for byte in 0..<width { bytes[at + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    }
    set(entries.count, end + 8, 2)
    set(entries.count, end + 10, 2)
    set(end - first, end + 12, 4)
    set(first, end + 16, 4)
    set(bytes.count - end - 22, end + 20, 2)
    for entry in entries {
      let name = entry + 46..<entry + 46 + little(entry + 28, 2)
      guard name.upperBound <= bytes.count, bytes[name].suffix(8).elementsEqual("data.pkl".utf8)
      else { continue }
      let header = little(entry + 42, 4)
      guard header + 30 <= first else { continue }
      let start = header + 30 + little(header + 26, 2) + little(header + 28, 2)
      let size = little(entry + 24, 4)
      guard start + size <= first else { continue }
      set(Int(CRC32.checksum(Array(bytes[start..<start + size]))), entry + 16, 4)
    }
    return bytes
  }

  /// The sizes of the trees of a LightGBM model.
  static func lightGBM(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let sizes = lines.firstIndex(where: { $0.starts(with: "tree_sizes=".utf8) }) else {
      return bytes
    }
    var trees: [Int] = []
    var isInside = false
    for line in lines {
      if line.starts(with: "Tree=".utf8) {
        trees.append(0)
        isInside = true
      } else if line.starts(with: "end of trees".utf8) {
        isInside = false
      }
      if isInside { trees[trees.count - 1] += line.count + 1 }
    }
    let text = "tree_sizes=" + trees.map(String.init).joined(separator: " ")
    lines[sizes] = ArraySlice(text.utf8)
    return Array(lines.joined(separator: CollectionOfOne(UInt8(ascii: "\n"))))
  }
}
