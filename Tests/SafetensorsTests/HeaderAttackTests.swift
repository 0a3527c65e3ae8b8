import JSON
import Testing

@testable import Safetensors

@Suite struct HeaderAttackTests {
  let valid = #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#

  @Test func `the valid file that the attacks are made from opens`() throws {
    let checkpoint = try Checkpoint(bytes: file(valid, data: 16))
    #expect(checkpoint.names == ["a"])
    #expect(try checkpoint.tensor(named: "a").floats() == [0, 0, 0, 0])
  }

  @Test(arguments: 0..<8) func `a file shorter than its length field is rejected`(count: Int) {
    #expect(
      error([UInt8](repeating: 0, count: count)) == .tooSmall(file: "f", bytes: count))
  }

  @Test func `every cut of a file is rejected`() {
    let bytes = file(valid, data: 16)
    for length in 0..<bytes.count { #expect(error(Array(bytes[..<length])) != nil) }
  }

  @Test func `a header longer than the limit is rejected before it is read`() {
    let length: UInt64 = 8 << 20 + 1
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    #expect(error(bytes) == .headerTooLarge(file: "f", length: length, limit: 8 << 20))
  }

  @Test func `a header length of 2^64 - 1 does not overflow`() {
    let bytes = [UInt8](repeating: 0xFF, count: 16)
    #expect(error(bytes) == .headerTooLarge(file: "f", length: .max, limit: 8 << 20))
  }

  @Test func `a header that leaves the file is rejected`() {
    let bytes: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)
    #expect(error(bytes) == .headerBeyondEnd(file: "f", length: 9, fileSize: 10))
  }

  @Test func `an empty header is rejected`() {
    let location = JSONLocation(line: 1, column: 1, offset: 0)
    #expect(
      error(file(""))
        == .invalidHeader(file: "f", .unexpectedEnd(expected: "a value", at: location)))
  }

  @Test func `a header that is not UTF-8 is rejected`() {
    let header = Array(#"{""#.utf8) + [0xFF] + Array(#"":1}"#.utf8)
    let location = JSONLocation(line: 1, column: 3, offset: 2)
    #expect(error(file(header, data: [])) == .invalidHeader(file: "f", .invalidUTF8(at: location)))
  }

  @Test func `a header that is not an object is rejected`() {
    #expect(
      error(file("[]"))
        == .invalidHeader(
          file: "f", .wrongKind(path: "$", expected: "an object", found: "an array")))
  }

  @Test func `text behind the header's object is rejected, spaces are not`() throws {
    #expect(error(file("{}x"))?.description.contains("expected the end of the text") == true)
    #expect(try Checkpoint(bytes: file("{}      ")).names.isEmpty)
  }

  @Test func `a header nested without end is rejected`() {
    let header = String(repeating: "[", count: 100_000)
    #expect(error(file(header))?.description.contains("nested deeper") == true)
  }

  @Test func `a tensor named twice is rejected`() {
    let entry = #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
    let found = error(file("{\(entry),\(entry)}", data: 1))
    #expect(found?.description.contains("the key \"a\" is repeated") == true)
  }

  @Test func `names that differ only in Unicode spelling are rejected`() {
    let header =
      #"{"\u00e9":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""e\u0301":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#
    #expect(error(file(header, data: 2))?.description.contains("Unicode spelling") == true)
  }

  @Test func `an unknown element type is rejected by its name`() {
    let header = valid.replacing("F32", with: "F33")
    #expect(
      error(file(header, data: 16)) == .unknownElementType(file: "f", tensor: "a", type: "F33"))
  }

  @Test(arguments: ["dtype", "shape", "data_offsets"])
  func `a tensor without one of its fields is rejected`(field: String) {
    let header = valid.replacing("\"\(field)\"", with: "\"other\"")
    #expect(
      error(file(header, data: 16)) == .invalidHeader(file: "f", .missing(path: "a.\(field)")))
  }

  @Test(arguments: [
    (#""F32""#, "32", "a.dtype should be a string but is a number"),
    ("[2,2]", "4", "a.shape should be an array but is a number"),
    ("[2,2]", #"["2",2]"#, "a.shape[0] should be an integer but is a string"),
    ("[2,2]", "[2.0,2]", "a.shape[0] should be an integer but is a fraction"),
    ("[2,2]", "[2e0,2]", "a.shape[0] should be an integer but is a fraction"),
    ("[2,2]", "[2.5,2]", "a.shape[0]: the number 2.5 does not fit into Int"),
    ("[2,2]", "[1e30]", "a.shape[0]: the number 1e30 does not fit into Int"),
    ("[2,2]", "[null]", "a.shape[0] should be an integer but is null"),
    ("[0,16]", "{}", "a.data_offsets should be an array but is an object"),
    ("[0,16]", "[0,18446744073709551632]", "does not fit into Int"),
    ("[0,16]", "[0]", "data_offsets should be two numbers, not 1"),
    ("[0,16]", "[0,16,16]", "data_offsets should be two numbers, not 3"),
  ])
  func `a field of the wrong kind is rejected`(field: String, other: String, message: String) {
    let found = error(file(valid.replacing(field, with: other), data: 16))
    #expect(found?.description.contains(message) == true, "\(String(describing: found))")
  }

  @Test(arguments: [
    ([-2, 2], ElementType.float32), ([-2, -2], .float32), ([Int.min], .float32),
    ([Int.max, 2], .float32), ([Int.max], .float32), ([1 << 61], .float32),
    ([1 << 32, 1 << 32], .uint8), ([3], .float4), ([1], .float6e2m3),
  ])
  func `a shape whose size is negative, overflows or is not whole bytes is rejected`(
    shape: [Int], type: ElementType
  ) {
    let header = valid.replacing("F32", with: type.rawValue)
      .replacing("[2,2]", with: "[\(shape.map(String.init).joined(separator: ","))]")
    #expect(
      error(file(header, data: 16))
        == .invalidShape(file: "f", tensor: "a", shape: shape, type: type))
  }

  @Test(arguments: [[0, 17], [-1, 15], [16, 0], [0, Int.max], [Int.min, Int.max]])
  func `offsets that run backwards or leave the data are rejected`(offsets: [Int]) {
    let header = valid.replacing("[0,16]", with: "[\(offsets[0]),\(offsets[1])]")
    #expect(
      error(file(header, data: 16))
        == .invalidOffsets(
          file: "f", tensor: "a", begin: offsets[0], end: offsets[1], dataSize: 16))
  }

  @Test(arguments: [(17, 33), (1, 17), (Int.max - 16, Int.max)])
  func `a tensor that ends behind the file is rejected`(begin: Int, end: Int) {
    let header = valid.replacing("[0,16]", with: "[\(begin),\(end)]")
    #expect(
      error(file(header, data: 16)) == .cutOff(file: "f", tensor: "a", missing: end - 16))
  }

  @Test(arguments: [("[2,3]", 24), ("[2]", 8), ("[0]", 0), ("[]", 4)])
  func `a shape that needs another size is rejected`(shape: String, size: Int) {
    #expect(
      error(file(valid.replacing("[2,2]", with: shape), data: 16))
        == .sizeMismatch(file: "f", tensor: "a", expected: size, found: 16))
  }

  @Test func `a wrong element type shows as a wrong size`() {
    #expect(
      error(file(valid.replacing("F32", with: "F16"), data: 16))
        == .sizeMismatch(file: "f", tensor: "a", expected: 8, found: 16))
  }

  @Test func `overlapping tensors are rejected`() {
    let header =
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}"#
    #expect(error(file(header, data: 7)) == .overlap(file: "f", tensor: "b", with: "a"))
  }

  @Test func `two tensors in the same place are rejected`() {
    let header =
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
    guard case .overlap = error(file(header, data: 4)) else {
      Issue.record("no overlap found")
      return
    }
  }

  @Test func `an empty tensor inside another is rejected`() {
    let header =
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#
    #expect(error(file(header, data: 4)) == .overlap(file: "f", tensor: "b", with: "a"))
  }

  @Test func `a hole between tensors is rejected`() {
    let header =
      #"{"b":{"dtype":"U8","shape":[4],"data_offsets":[6,10]},"#
      + #""a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
    #expect(error(file(header, data: 10)) == .hole(file: "f", before: "b", bytes: 2))
  }

  @Test func `a hole before the first tensor is rejected`() {
    let header = #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#
    #expect(error(file(header, data: 8)) == .hole(file: "f", before: "a", bytes: 4))
  }

  @Test func `bytes behind the last tensor are rejected`() {
    #expect(error(file(valid, data: 19)) == .trailingBytes(file: "f", bytes: 3))
    #expect(error(file("{}", data: 1)) == .trailingBytes(file: "f", bytes: 1))
  }

  @Test func `metadata that is not text is rejected`() {
    #expect(
      error(file(#"{"__metadata__":{"format":1}}"#))
        == .invalidHeader(
          file: "f",
          .wrongKind(path: "__metadata__.format", expected: "a string", found: "a number")))
    #expect(
      error(file(#"{"__metadata__":"pt"}"#))
        == .invalidHeader(
          file: "f", .wrongKind(path: "__metadata__", expected: "an object", found: "a string")))
  }

  @Test func `empty tensors and scalars are allowed`() throws {
    let header =
      #"{"e":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]},"#
      + #""s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
      + #""z":{"dtype":"I8","shape":[0],"data_offsets":[4,4]}}"#
    let checkpoint = try Checkpoint(bytes: file(header, data: 4))
    #expect(try checkpoint.tensor(named: "e").floats() == [])
    #expect(try checkpoint.tensor(named: "s").floats() == [0])
    #expect(try checkpoint.tensor(named: "s").count == 1)
    #expect(try checkpoint.tensor(named: "z").int64s() == [])
  }
}
