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

  mutating func mutate(_ input: [UInt8], corpus: [[UInt8]]) -> [UInt8] {
    var bytes = input
    for _ in 0...generator.below(4) { change(&bytes, corpus) }
    return bytes
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
