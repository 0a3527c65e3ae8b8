/// The type of a stored tensor's elements. Raw values are the names in the file.
public enum ElementType: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"
  /// 4 exponent and 3 fraction bits, no infinities (`torch.float8_e4m3fn`).
  case float8e4m3 = "F8_E4M3"
  /// 5 exponent and 2 fraction bits.
  case float8e5m2 = "F8_E5M2"
  /// A power of two, 2^(byte − 127): the scale of a block.
  case float8e8m0 = "F8_E8M0"
  case float6e2m3 = "F6_E2M3"
  case float6e3m2 = "F6_E3M2"
  case float4 = "F4"
  /// Two float32, real and imaginary.
  case complex64 = "C64"

  /// Size of one element in bits.
  public var bitWidth: Int {
    switch self {
    case .float64, .int64, .uint64, .complex64: 64
    case .float32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .int8, .uint8, .bool, .float8e4m3, .float8e5m2, .float8e8m0: 8
    case .float6e2m3, .float6e3m2: 6
    case .float4: 4
    }
  }

  /// The alignment that an array of them needs, in bytes.
  public var alignment: Int {
    switch self {
    case .complex64: 4
    default: max(1, bitWidth / 8)
    }
  }

  public var description: String { rawValue }

  /// The bytes that a tensor of this shape takes; nil if a dimension is negative, if the number
  /// overflows, or if it is not a whole number of bytes.
  public func byteCount(shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
      guard dimension >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      count = product
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
    guard !overflow, bits % 8 == 0 else { return nil }
    return bits / 8
  }
}
