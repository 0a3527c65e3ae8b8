import TestSupport

@testable import Safetensors

/// A safetensors file of this header and so many bytes of data.
func file(_ header: String, data: Int = 0) -> [UInt8] {
  file(Array(header.utf8), data: [UInt8](repeating: 0, count: data))
}

func file(_ header: [UInt8], data: [UInt8]) -> [UInt8] {
  let length = UInt64(header.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header + data
}

/// The error that opening these bytes throws.
func error(_ bytes: [UInt8]) -> SafetensorsError? {
  do {
    _ = try Checkpoint(bytes: bytes, name: "f")
    return nil
  } catch {
    return error
  }
}

let fixtures = Checkout.fixtures("safetensors")
