// Numbers as people read them. Tables, reports and graphs all write them so.

/// A number with a fixed count of decimals: `0.8750`. What is no number is a dash.
package func fixed(_ value: some BinaryFloatingPoint, _ decimals: Int) -> String {
  guard value.isFinite else { return "–" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(Double(value)) * scale).rounded()
  guard scaled < 1e15 else { return "\(value)" }
  let digits = String(Int(scaled))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A share as a percentage: `87.5 %`.
package func percent(_ share: Double, _ decimals: Int = 1) -> String {
  fixed(share * 100, decimals) + " %"
}

/// A count with a thin space between groups of three digits: `100 000`.
package func grouped(_ count: Int) -> String {
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
package func probability(_ p: Double) -> String {
  p < 0.001 ? "< 0.001" : fixed(p, 3)
}
