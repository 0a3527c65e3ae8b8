/// The place of a request in a distributed trace: the header `traceparent` of W3C Trace Context.
struct TraceContext: Sendable, Equatable {
  /// 32 hexadecimal digits.
  let traceID: String
  /// 16 hexadecimal digits: the part of the trace that this server is.
  let spanID: String
  /// 2 hexadecimal digits.
  let flags: String

  /// Continues the caller's trace, or begins one where the header is missing or not as the
  /// specification has it.
  init(_ header: String?) {
    spanID = Self.hexadecimal(.random(in: 1 ... .max))
    let parts = (header ?? "").split(separator: "-", omittingEmptySubsequences: false)
    if parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff",
      parts[0] != "00" || parts.count == 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[3].utf8.count == 2,
      parts[..<4].allSatisfy({ $0.utf8.allSatisfy(Self.isLowerHexadecimal) }),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    {
      traceID = String(parts[1])
      flags = String(parts[3])
    } else {
      traceID =
        Self.hexadecimal(.random(in: 1 ... .max)) + Self.hexadecimal(.random(in: 1 ... .max))
      flags = "00"
    }
  }

  /// The header of this server's part.
  var header: String { "00-\(traceID)-\(spanID)-\(flags)" }

  static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
