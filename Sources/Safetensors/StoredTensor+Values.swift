extension StoredTensor {
  /// The elements as float32. float16, bfloat16 and the 8-bit floats widen exactly; float64 is
  /// rounded to nearest.
  package func floats() throws(SafetensorsError) -> [Float] {
    switch elementType {
    case .float32: return array(of: Float.self)
    case .float64: return converted { (value: Double) in Float(value) }
    case .float16: return converted(HalfPrecision.float(float16:))
    case .bfloat16: return converted(HalfPrecision.float(bfloat16:))
    case .float8e4m3: return converted(HalfPrecision.float(e4m3:))
    case .float8e5m2: return converted { HalfPrecision.float(float16: UInt16($0 as UInt8) << 8) }
    default: throw mismatch("a floating-point tensor")
    }
  }

  /// The elements as float64, exactly.
  package func doubles() throws(SafetensorsError) -> [Double] {
    switch elementType {
    case .float64: array(of: Double.self)
    case .float32: converted { (value: Float) in Double(value) }
    default: try floats().map(Double.init)
    }
  }

  /// The elements of any integer or bool type.
  package func int64s() throws(SafetensorsError) -> [Int64] {
    switch elementType {
    case .int64: return array(of: Int64.self)
    case .int32: return converted { (value: Int32) in Int64(value) }
    case .int16: return converted { (value: Int16) in Int64(value) }
    case .int8: return converted { (value: Int8) in Int64(value) }
    case .uint32: return converted { (value: UInt32) in Int64(value) }
    case .uint16: return converted { (value: UInt16) in Int64(value) }
    case .uint8: return converted { (value: UInt8) in Int64(value) }
    case .bool: return converted { (value: UInt8) in value == 0 ? 0 : 1 }
    case .uint64:
      let values = array(of: UInt64.self)
      if let large = values.first(where: { $0 > UInt64(Int64.max) }) {
        throw .outOfRange(tensor: name, value: large)
      }
      return values.map { Int64(truncatingIfNeeded: $0) }
    default: throw mismatch("an integer tensor")
    }
  }

  private func mismatch(_ expected: String) -> SafetensorsError {
    .typeMismatch(tensor: name, expected: expected, found: elementType)
  }

  /// A copy of the elements, whose type has the width of `Element`; any alignment.
  private func array<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
    let count = byteCount / MemoryLayout<Element>.stride
    return unsafe withUnsafeBytes { bytes in
      unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        initialized = count
      }
    }
  }

  /// Each element, loaded from any alignment, converted.
  private func converted<Element: BitwiseCopyable, Value>(
    _ convert: (Element) -> Value
  ) -> [Value] {
    let count = byteCount / MemoryLayout<Element>.stride
    return unsafe withUnsafeBytes { bytes in
      unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
        for index in 0..<count {
          let element = unsafe bytes.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
          unsafe buffer.initializeElement(at: index, to: convert(element))
        }
        initialized = count
      }
    }
  }
}

/// Conversions of short floats to float32. All are exact; NaN keeps its sign and payload.
package enum HalfPrecision {
  /// IEEE binary16: 1 sign, 5 exponent and 10 fraction bits.
  ///
  /// Shifted into place, exponent and fraction read as a float that is 2^112 too small, subnormals
  /// too; one multiplication by a power of two mends all of them, exactly.
  @inlinable package static func float(float16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF) << 13
    let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
    // Infinity and NaN: the largest exponent stays the largest.
    let special = magnitude | 0x7F80_0000
    return Float(bitPattern: sign | (magnitude >= 0x0F80_0000 ? special : finite))
  }

  /// The upper half of a float32.
  @inlinable package static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// 1 sign, 4 exponent (bias 7) and 3 fraction bits; all ones is NaN, there are no infinities.
  @inlinable package static func float(e4m3 bits: UInt8) -> Float {
    let sign = UInt32(bits & 0x80) << 24
    let magnitude = UInt32(bits & 0x7F) << 20
    let finite = (Float(bitPattern: magnitude) * 0x1p120).bitPattern
    return Float(bitPattern: sign | (bits & 0x7F == 0x7F ? 0x7FC0_0000 : finite))
  }
}
