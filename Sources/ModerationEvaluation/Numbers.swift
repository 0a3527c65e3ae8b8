/// A number with a fixed count of decimals, for people: `0.8750`. NaN and infinities as Swift
/// writes them.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled.isFinite, scaled < 1e15 else { return "\(value)" }
  let digits = String(Int(scaled))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A share as a percentage: `87.5 %`.
func percent(_ share: Double, _ decimals: Int = 1) -> String {
  fixed(share * 100, decimals) + " %"
}

/// A count with a thin space between groups of three digits: `100 000`.
func grouped(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var parts: [Substring] = []
  var rest = digits[...]
  while rest.count > 3 {
    parts.insert(rest.suffix(3), at: 0)
    rest = rest.dropLast(3)
  }
  parts.insert(rest, at: 0)
  return (count < 0 ? "-" : "") + parts.joined(separator: "\u{202F}")
}

/// A p-value: `0.032`, `< 0.001`.
func probability(_ p: Double) -> String {
  p < 0.001 ? "< 0.001" : fixed(p, 3)
}
