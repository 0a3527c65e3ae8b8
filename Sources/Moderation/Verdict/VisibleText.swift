/// A text on one line, without anything that a terminal, a viewer of graphs or a reader of logs would obey.
/// Ends of lines and control characters become pictures of themselves, and U+FFFD stands for the marks
/// that turn the direction of writing (`Bidi_Control`, UAX #9). A message must not move the cursor of who
/// reads it, nor seem to say something else.
package func visible(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  var previous: Unicode.Scalar = " "
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x0A where previous == "\r": break
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: result.append("⏎")
    case 0x09: result.append(" ")
    case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "�")
    case 0x7F: result.append("␡")
    case 0x80..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: result.append("�")
    default: result.append(scalar)
    }
    previous = scalar
  }
  return String(result)
}

/// Several lines, each of them ``visible(_:)``.
package func visibleLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
    .joined(separator: "\n")
}
