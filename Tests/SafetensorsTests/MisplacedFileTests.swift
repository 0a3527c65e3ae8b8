import Foundation
import TestSupport
import Testing

@testable import Safetensors

/// Files and folders that are not what they should be, as people find them.
@Suite struct MisplacedFileTests {
  private let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "a Git LFS pointer"),
    ("<!DOCTYPE html><html><body>Not found</body></html>", "an HTML or XML page"),
    ("<html>", "an HTML or XML page"),
  ])
  func `another file's content is named, with the remedy`(content: String, name: String) {
    let found = error(Array(content.utf8))?.description
    #expect(found?.contains("f: cannot be read: it holds \(name)") == true, "\(found ?? "")")
  }

  @Test func `a file that was cut off is an error that says so`() {
    let whole = file(header, data: 8)
    for length in [0, 7, 12, header.utf8.count + 8, whole.count - 1] {
      let found = error(Array(whole[..<length]))?.description
      #expect(found?.contains("it has been cut off") == true, "\(length): \(found ?? "")")
    }
    #expect(error(whole) == nil)
  }

  @Test func `metadata that is null is none`() throws {
    let text = #"{"__metadata__":null,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let checkpoint = try Checkpoint(bytes: file(text, data: 8))
    #expect(checkpoint.metadata.isEmpty)
    #expect(checkpoint.names == ["a"])
  }

  private func message(_ files: [String], open name: String? = nil) throws -> String {
    var message = "no error"
    try withTemporaryFolder { folder in
      for file in files { try Data("x".utf8).write(to: folder.appending(path: file)) }
      do {
        _ = try Checkpoint(contentsOf: name.map { folder.appending(path: $0) } ?? folder)
      } catch { message = "\(error)" }
    }
    return message
  }

  @Test func `a folder whose weights have another name is an error that names them`() throws {
    #expect(
      try message(["config.json", "model.safetensors0"]).contains(
        "no safetensors file; model.safetensors0 may be one under another name"))
    #expect(
      try message(["model.safetensors.incomplete"]).contains(
        "the download of model.safetensors.incomplete did not finish"))
    #expect(
      try message(["tf_model.h5"]).contains(
        "tf_model.h5 is of another format: load it with transformers, from_tf=True, and save it"))
    #expect(
      try message(["flax_model.msgpack"]).contains("flax_model.msgpack is of another format"))
    #expect(try message(["model.onnx"]).contains("take the weights that it was made from"))
    #expect(try message(["config.json"]).hasSuffix("no safetensors file"))
    #expect(
      try message(["head.safetensors.txt"], open: "head.safetensors").contains(
        "no such file or folder; is it head.safetensors.txt?"))
  }
}
