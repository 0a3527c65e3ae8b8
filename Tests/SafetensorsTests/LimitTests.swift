import Foundation
import JSON
import TestSupport
import Testing

@testable import Safetensors

/// One beyond each limit of the table in TrustAndLimits. That of the header of a safetensors file is in
/// HeaderAttackTests.
@Suite struct LimitTests {
  @Test func `row "what is no file": a pipe in the place of weights is refused, not waited for`()
    throws
  {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      #expect(unsafe mkfifo(url.path, 0o600) == 0)
      #expect {
        _ = try Checkpoint(contentsOf: folder)
      } throws: {
        "\($0)".contains("model.safetensors: cannot be read: not a regular file")
      }
    }
  }

  @Test func `row "a file that is read whole": an index of one byte more is refused`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors.index.json")
      try Data().write(to: url)
      #expect(unsafe truncate(url.path, off_t(RegularFile.largest + 1)) == 0)
      #expect {
        _ = try Checkpoint(contentsOf: folder)
      } throws: {
        "\($0)".contains("model.safetensors.index.json: cannot be read: 1073741825 bytes")
      }
    }
  }

  @Test func `row "tensors of a file": one more, and a name of one byte more, are refused`() {
    func header(_ names: [String]) -> [UInt8] {
      let entries = names.map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
      return file("{\(entries.joined(separator: ","))}")
    }
    let names = (0...65_536).map { "t\($0)" }
    #expect(error(header(Array(names.dropLast()))) == nil)
    #expect(
      (error(header(names)).map { "\($0)" } ?? "")
        .contains("has 65537 keys; at most 65536 are read"))
    #expect(error(header([String(repeating: "n", count: 1024)])) == nil)
    #expect(
      (error(header([String(repeating: "n", count: 1025)])).map { "\($0)" } ?? "")
        .contains("a name of 1025 bytes; at most 1024 are read"))
  }

  @Test func `row "dimensions of a tensor": the 65th is refused`() {
    func message(_ dimensions: Int) -> String {
      let ones = [Int](repeating: 1, count: dimensions)
      let tensor = Pickle.tensor(shape: ones, strides: ones)
      return error(archive(Pickle.dictionary(tensor)).bytes).map { "\($0)" } ?? "no error"
    }
    #expect(message(64) == "no error")
    #expect(message(65).contains("a tensor of 65 dimensions; at most 64 are read"))
  }

  @Test func `row "pytorch_model.bin": a directory of one byte more is refused`() throws {
    var file = archive([0x80, 2])
    file.directorySize = UInt32(ZipDirectory.largestDirectory + 1)
    #expect {
      _ = try Checkpoint(bytes: file.bytes, name: "f")
    } throws: {
      "\($0)".contains("a directory of 16777217 bytes; at most 16777216 are read")
    }
  }

  @Test func `row "pytorch_model.bin": a pickle of one byte more is refused`() throws {
    let pickle = [UInt8](repeating: 0, count: PickleReader.largestPickle + 1)
    let file = archive(pickle).bytes
    #expect {
      _ = try Checkpoint(bytes: file, name: "f")
    } throws: {
      "\($0)".contains("a pickle of 4194305 bytes; at most 4194304 are read")
    }
  }
}
