/// A number of a JSON text: the range of its bytes, which have been checked, and its value.
package struct NumberToken {
  package let range: Range<Int>
  /// All digits as one integer, as long as they fit; nil beyond.
  private let significand: UInt64?
  /// Power of ten of `significand`.
  private let exponent: Int
  private let isNegative: Bool
  /// Neither a fraction nor an exponent.
  private let isInteger: Bool
  /// `NaN`, `Infinity` or `-Infinity`.
  package let isNonFinite: Bool

  /// nil if the bytes at `start` are not a number of RFC 8259.
  package init?(in bytes: [UInt8], at start: Int, options: JSONOptions = .strict) {
    let span = bytes.span
    guard start < span.count else { return nil }
    var index = start
    isNegative = span[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    guard index < span.count else { return nil }

    if span[index] == UInt8(ascii: "I") || span[index] == UInt8(ascii: "N") {
      let word = span[index] == UInt8(ascii: "I") ? "Infinity" : "NaN"
      guard options.allowsNonFiniteNumbers, !(word == "NaN" && isNegative),
        bytes[index...].starts(with: word.utf8)
      else { return nil }
      range = start..<index + word.utf8.count
      significand = nil
      exponent = 0
      isInteger = false
      isNonFinite = true
      return
    }

    var digits = Digits()
    let first = index
    digits.read(span, &index)
    guard index > first, span[first] != UInt8(ascii: "0") || index == first + 1 else { return nil }
    var isInteger = true
    var power = 0
    if index < span.count, span[index] == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      let fraction = index
      digits.read(span, &index)
      guard index > fraction else { return nil }
      power = fraction - index
    }
    if index < span.count, span[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      var isDown = false
      if index < span.count, span[index] == UInt8(ascii: "-") || span[index] == UInt8(ascii: "+") {
        isDown = span[index] == UInt8(ascii: "-")
        index += 1
      }
      let first = index
      var value = Digits()
      value.read(span, &index)
      guard index > first else { return nil }
      // Beyond 100,000 every number is 0 or too large, whatever its digits.
      let size = value.isTooLong ? 100_000 : Int(min(100_000, value.value))
      power += isDown ? -size : size
    }
    range = start..<index
    significand = digits.isTooLong ? nil : digits.value
    exponent = power
    self.isInteger = isInteger
    isNonFinite = false
  }

  /// A run of decimal digits.
  private struct Digits {
    var value: UInt64 = 0
    var isTooLong = false

    @inline(__always)
    mutating func read(_ bytes: Span<UInt8>, _ index: inout Int) {
      while index < bytes.count {
        let digit = UInt64(bytes[index] &- 0x30)
        guard digit < 10 else { return }
        // 1,844,674,407,370,955,161 · 10 + 5 is 2^64 − 1.
        if value > 1_844_674_407_370_955_160 { isTooLong = isTooLong || overflows(digit) }
        value = value &* 10 &+ digit
        index &+= 1
      }
    }

    private func overflows(_ digit: UInt64) -> Bool {
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      return first || tens.addingReportingOverflow(digit).overflow
    }
  }

  /// The integer, if the number is written as one and fits.
  package func exactInteger(in bytes: [UInt8]) -> Int? {
    guard isInteger, let significand else { return nil }
    if isNegative {
      return significand <= UInt64(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- significand) : nil
    }
    return Int(exactly: significand)
  }

  /// The nearest double, ties to even; infinite beyond the range.
  package func double(in bytes: [UInt8]) -> Double {
    if !isNonFinite, let significand,
      let value = Double(significand: significand, powerOfTen: exponent)
    {
      return isNegative ? -value : value
    }
    let text = String(decoding: bytes[range], as: UTF8.self)
    switch text {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: return Double(text) ?? .nan
    }
  }
}

extension Double {
  /// significand · 10^powerOfTen, correctly rounded (nearest, ties to even), for powers in ±27; nil
  /// beyond.
  ///
  /// 5^27 < 2^64, so the value is an exact 128-bit product, or a 128-bit quotient whose remainder
  /// only matters as "there is one": one rounding, no tables of 128-bit powers.
  init?(significand: UInt64, powerOfTen: Int) {
    guard significand != 0 else {
      self = 0
      return
    }
    guard powerOfTen >= -27, powerOfTen <= 27 else { return nil }
    var five: UInt64 = 1
    for _ in 0..<abs(powerOfTen) { five &*= 5 }

    var high: UInt64
    var low: UInt64
    // value = (high·2^64 + low) · 2^exponent, plus something smaller when isInexact.
    var exponent = powerOfTen
    var isInexact = false
    if powerOfTen >= 0 {
      (high, low) = significand.multipliedFullWidth(by: five)
    } else {
      let shift = significand.leadingZeroBitCount
      let top = significand << UInt64(shift)
      exponent -= 64 + shift
      high = top / five
      let (quotient, remainder) = five.dividingFullWidth((top % five, 0))
      low = quotient
      isInexact = remainder != 0
    }
    // Bring the leading one to bit 127.
    if high == 0 {
      high = low
      low = 0
      exponent -= 64
    }
    let shift = UInt64(high.leadingZeroBitCount)
    if shift > 0 {
      high = high << shift | low >> (64 - shift)
      low <<= shift
      exponent -= Int(shift)
    }
    // 53 bits stay; 11 bits of `high` and all of `low` decide the rounding.
    var kept = high >> 11
    let rest = high & 0x7FF
    let isAboveHalf = rest > 0x400 || (rest == 0x400 && (low != 0 || isInexact))
    if isAboveHalf || (rest == 0x400 && kept & 1 == 1) { kept += 1 }
    // kept ≤ 2^53, and the result lies between 1e-27 and 1.9e46: never subnormal nor infinite.
    self = Double(sign: .plus, exponent: exponent + 64 + 11, significand: Double(kept))
  }
}
