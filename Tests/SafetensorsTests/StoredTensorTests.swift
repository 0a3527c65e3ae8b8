import Foundation
import Testing

@testable import Safetensors

@Suite struct ConversionTests {
  /// The value of a small float by its definition.
  func value(_ bits: Int, exponentBits: Int, fractionBits: Int, bias: Int) -> Double {
    let fraction = Double(bits & ((1 << fractionBits) - 1)) / Double(1 << fractionBits)
    let exponent = bits >> fractionBits & ((1 << exponentBits) - 1)
    let magnitude =
      exponent == 0
      ? Double(sign: .plus, exponent: 1 - bias, significand: fraction)
      : Double(sign: .plus, exponent: exponent - bias, significand: 1 + fraction)
    return bits >> (fractionBits + exponentBits) == 1 ? -magnitude : magnitude
  }

  @Test func `every float16 widens exactly, subnormals, infinities and NaN too`() {
    for bits in UInt16.min ... .max {
      let float = HalfPrecision.float(float16: bits)
      if bits & 0x7C00 == 0x7C00 {
        let expected = UInt32(bits & 0x8000) << 16 | 0x7F80_0000 | UInt32(bits & 0x3FF) << 13
        #expect(float.bitPattern == expected)
      } else {
        let expected = Float(value(Int(bits), exponentBits: 5, fractionBits: 10, bias: 15))
        #expect(float.bitPattern == expected.bitPattern)
      }
    }
  }

  @Test func `every bfloat16 is the upper half of its float`() {
    for bits in UInt16.min ... .max {
      #expect(HalfPrecision.float(bfloat16: bits).bitPattern == UInt32(bits) << 16)
    }
  }

  @Test func `every 8-bit float widens exactly`() {
    for bits in UInt8.min ... .max {
      let float = HalfPrecision.float(e4m3: bits)
      if bits & 0x7F == 0x7F {
        #expect(float.isNaN)
      } else {
        let expected = Float(value(Int(bits), exponentBits: 4, fractionBits: 3, bias: 7))
        #expect(float.bitPattern == expected.bitPattern)
      }
    }
  }
}

@Suite struct StoredTensorTests {
  /// Written by the Python library; see make.py beside it.
  @Test func `a file of the reference library reads value by value`() throws {
    let checkpoint = try Checkpoint(contentsOf: fixtures.appending(path: "types.safetensors"))
    #expect(checkpoint.metadata == ["format": "pt", "note": "é \"quoted\""])
    let floats: [Float] = [0, -0.0, 1, -1.5, 65504, 0x1p-24, .infinity, -.infinity]
    #expect(try checkpoint.tensor(named: "f16").floats() == floats)
    #expect(try checkpoint.tensor(named: "f32").floats() == [0.1, -3.4e38, .leastNonzeroMagnitude])
    #expect(try checkpoint.tensor(named: "f64").doubles() == [0.1, -1e300, .leastNonzeroMagnitude])
    #expect(try checkpoint.tensor(named: "f64").floats() == [0.1, -.infinity, 0])
    #expect(try checkpoint.tensor(named: "bf16").floats() == [1, -2.5, 3.3895314e38, 0])
    #expect(try checkpoint.tensor(named: "i64").int64s() == [.min, -1, .max])
    #expect(try checkpoint.tensor(named: "i32").int64s() == [-2_147_483_648, 7])
    #expect(try checkpoint.tensor(named: "i16").int64s() == [-32768, 32767])
    #expect(try checkpoint.tensor(named: "i8").int64s() == [-128, 0, 127])
    #expect(try checkpoint.tensor(named: "u8").int64s() == [0, 255])
    #expect(try checkpoint.tensor(named: "bool").int64s() == [1, 0, 1])
    #expect(try checkpoint.tensor(named: "matrix").shape == [2, 3])
    #expect(try checkpoint.tensor(named: "matrix").floats() == [0, 1, 2, 3, 4, 5])
    #expect(try checkpoint.tensor(named: "scalar").shape == [])
    #expect(try checkpoint.tensor(named: "scalar").doubles() == [2.5])
    #expect(try checkpoint.tensor(named: "empty").count == 0)
  }

  @Test func `misaligned tensors are read by copying`() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"#
      + #""i":{"dtype":"I64","shape":[1],"data_offsets":[9,17]}}"#
    var data = [UInt8](repeating: 0, count: 17)
    data[0] = 7
    data[3] = 0x80
    data[4] = 0x3F
    data[9] = 42
    // The data starts at a multiple of 8, so these tensors do not.
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let checkpoint = try Checkpoint(bytes: file(Array(padded.utf8), data: data))
    let floats = try checkpoint.tensor(named: "f")
    #expect(!floats.isAligned)
    #expect(try floats.floats() == [1, 0])
    #expect(try checkpoint.tensor(named: "i").int64s() == [42])
    #expect(try checkpoint.tensor(named: "a").isAligned)
  }

  @Test func `values of another type are an error that names the tensor`() throws {
    let header =
      #"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"#
      + #""u":{"dtype":"U64","shape":[1],"data_offsets":[1,9]}}"#
    let bytes = file(Array(header.utf8), data: [1] + [UInt8](repeating: 0xFF, count: 8))
    let checkpoint = try Checkpoint(bytes: bytes)
    let tensor = try checkpoint.tensor(named: "a")
    #expect(
      throws: SafetensorsError.typeMismatch(
        tensor: "a", expected: "a floating-point tensor", found: .int8)
    ) { try tensor.floats() }
    #expect(throws: SafetensorsError.outOfRange(tensor: "u", value: .max)) {
      try checkpoint.tensor(named: "u").int64s()
    }
    #expect(throws: SafetensorsError.missing(tensor: "b", file: "safetensors")) {
      try checkpoint.tensor(named: "b")
    }
  }
}

@Suite struct CheckpointScopeTests {
  func checkpoint() throws -> Checkpoint {
    let entry = #"{"dtype":"F32","shape":[2],"data_offsets":["#
    return try Checkpoint(
      bytes: file(
        #"{"bert.layer.0.weight":\#(entry)0,8]},"bert.layer.1.weight":\#(entry)8,16]},"#
          + #""bert.other":\#(entry)16,24]}}"#, data: 24))
  }

  @Test func `tensors are found under prefixes, and what is left over is named`() throws {
    let scope = try checkpoint().scope("bert")
    #expect(scope["layer"][1].path("weight") == "bert.layer.1.weight")
    #expect(scope["layer.0"].contains("weight"))
    #expect(!scope["layer"].contains("weight"))
    _ = try scope["layer"][0].tensor("weight", shape: [2], types: [.float32, .float16])
    #expect(try scope["layer"][1].floats("weight", shape: [2]) == [0, 0])
    #expect(scope.unconsumed == ["bert.other"])
    #expect(
      throws: SafetensorsError.unconsumed(tensors: ["bert.other"], file: "safetensors")
    ) { try scope.requireAllConsumed() }
    try scope.requireAllConsumed { $0.hasSuffix("other") }
  }

  @Test func `a wrong shape or type is an error with the full name`() throws {
    let scope = try checkpoint().scope("bert")["layer"][0]
    #expect(
      throws: SafetensorsError.shapeMismatch(
        tensor: "bert.layer.0.weight", expected: [2, 1], found: [2])
    ) { try scope.tensor("weight", shape: [2, 1]) }
    #expect(
      throws: SafetensorsError.typeMismatch(
        tensor: "bert.layer.0.weight", expected: "BF16 or F16", found: .float32)
    ) { try scope.tensor("weight", shape: [2], types: [.float16, .bfloat16]) }
    #expect(
      throws: SafetensorsError.missing(tensor: "bert.layer.0.bias", file: "safetensors")
    ) { try scope.tensor("bias") }
  }

  @Test func `the prefix of a checkpoint is found by a tensor's name`() throws {
    let checkpoint = try checkpoint()
    #expect(checkpoint.scope(locating: "layer.0.weight")?.prefix == "bert.")
    #expect(checkpoint.scope(locating: "bert.other")?.prefix == "")
    #expect(checkpoint.scope(locating: "weight") == nil)
    #expect(checkpoint.scope(locating: "nothing") == nil)
  }
}
