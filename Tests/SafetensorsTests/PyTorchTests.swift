import Foundation
import TestSupport
import Testing

@testable import Safetensors

@Suite struct PyTorchTests {
  private let folder = fixtures.deletingLastPathComponent().appending(path: "pytorch")

  @Test(
    arguments: ["types", "protocol-4", "views", "parameters", "wrapped", "module", "sharded"])
  func `a checkpoint of PyTorch holds the bits of its safetensors twin`(name: String) throws {
    let source = folder.appending(path: name)
    let file = name == "sharded" ? "pytorch_model.bin.index.json" : "pytorch_model.bin"
    let checkpoint = try Checkpoint(contentsOf: source.appending(path: file))
    let twin = try Checkpoint(contentsOf: source.appending(path: "model.safetensors"))
    #expect(Set(checkpoint.names) == Set(twin.names))
    for name in twin.names {
      let (tensor, expected) = (try checkpoint.tensor(named: name), try twin.tensor(named: name))
      #expect(tensor.elementType == expected.elementType)
      #expect(tensor.shape == expected.shape)
      #expect(tensor.bytes() == expected.bytes(), "\(name)")
    }
  }

  static let families =
    (try? FileManager.default.contentsOfDirectory(
      atPath: fixtures.deletingLastPathComponent().appending(path: "pytorch/families").path))?
    .sorted() ?? []

  @Test(arguments: families)
  func `a model of every family has the bits of its safetensors in pytorch_model bin`(
    family: String
  ) throws {
    let source = folder.appending(path: "families/\(family)")
    let checkpoint = try Checkpoint(contentsOf: source.appending(path: "pytorch_model.bin"))
    let twin = try Checkpoint(contentsOf: source.appending(path: "model.safetensors"))
    #expect(twin.names.count > 10)
    for name in twin.names {
      let (tensor, expected) = (try checkpoint.tensor(named: name), try twin.tensor(named: name))
      #expect(tensor.elementType == expected.elementType)
      #expect(tensor.shape == expected.shape)
      #expect(tensor.bytes() == expected.bytes(), "\(name)")
    }
  }

  @Test func `there is a model of every family`() { #expect(Self.families.count == 14) }

  @Test func `a folder with safetensors and a PyTorch file opens the safetensors`() throws {
    let checkpoint = try Checkpoint(contentsOf: folder.appending(path: "types"))
    #expect(checkpoint.path.hasSuffix("model.safetensors"))
  }

  @Test func `a folder with a PyTorch file only opens it`() throws {
    try withTemporaryFolder { target in
      let source = folder.appending(path: "wrapped/pytorch_model.bin")
      try Data(contentsOf: source).write(to: target.appending(path: "pytorch_model.bin"))
      #expect(try Checkpoint(contentsOf: target).names == ["layer.weight", "layer.bias"])
    }
  }

  @Test func `tensors lie where they are mapped, unless their elements are apart`() throws {
    let file = folder.appending(path: "views/pytorch_model.bin")
    let checkpoint = try Checkpoint(contentsOf: file)
    let table = try checkpoint.tensor(named: "table")
    let (tied, rows) = (try checkpoint.tensor(named: "tied"), try checkpoint.tensor(named: "rows"))
    #expect(tied.range == table.range)
    #expect(rows.range.lowerBound == table.range.lowerBound + 2 * 4 * 4)
    #expect(try checkpoint.tensor(named: "transposed").storage !== table.storage)
  }

  @Test func `a file of PyTorch before 1.6 is refused with the remedy`() {
    let file = folder.appending(path: "before-1.6/pytorch_model.bin")
    let error = #expect(throws: SafetensorsError.self) { try Checkpoint(contentsOf: file) }
    #expect(error?.description.contains("before 1.6") == true)
  }

  @Test func `every cut of a file is refused`() throws {
    let file = folder.appending(path: "parameters/pytorch_model.bin")
    let bytes = [UInt8](try Data(contentsOf: file))
    for length in 0..<bytes.count { #expect(error(Array(bytes[..<length])) != nil) }
  }
}
