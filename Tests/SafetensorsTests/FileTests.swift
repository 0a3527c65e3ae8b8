import Foundation
import JSON
import TestSupport
import Testing

@testable import Safetensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct SafetensorsWriterTests {
  @Test func `what is written in pieces reads back the same`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      let floats = (0..<1000).map { Float($0) / 7 }
      var writer = try SafetensorsWriter(
        url,
        tensors: [
          .init("weight", .float32, [10, 100]), .init("empty", .float16, [0]),
          .init("é", .int8, [3]), .init("scalar", .float64, []),
        ], metadata: ["format": "pt"])
      try writer.write(Array(floats[..<300]))
      #expect(!FileManager.default.fileExists(atPath: url.path))
      try writer.write(Array(floats[300...]))
      try writer.write([-1, 2, 3] as [Int8])
      try writer.write([2.5])
      try writer.finish()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)

      for source in [url, folder] {
        let checkpoint = try Checkpoint(contentsOf: source)
        #expect(checkpoint.names == ["weight", "empty", "é", "scalar"])
        #expect(checkpoint.metadata == ["format": "pt"])
        let weight = try checkpoint.tensor(named: "weight")
        #expect(weight.shape == [10, 100])
        #expect(weight.isAligned(to: 64))
        #expect(try weight.floats() == floats)
        #expect(try checkpoint.tensor(named: "é").int64s() == [-1, 2, 3])
        #expect(try checkpoint.tensor(named: "scalar").doubles() == [2.5])
        checkpoint.advise(.willNeed)
        weight.advise(.random)
        weight.advise(.doNotNeed)
        #expect(try weight.floats() == floats)
      }
    }
  }

  @Test func `a file that is not completed does not appear`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      #expect(throws: SafetensorsError.self) {
        var writer = try SafetensorsWriter(url, tensors: [.init("a", .uint8, [4])])
        try writer.write([1, 2, 3] as [UInt8])
        try writer.finish()
      }
      #expect(throws: SafetensorsError.self) {
        var writer = try SafetensorsWriter(url, tensors: [.init("a", .uint8, [4])])
        try writer.write([1, 2, 3, 4, 5] as [UInt8])
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.isEmpty)
    }
  }

  @Test func `announcements that make no file are rejected`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "a.safetensors")
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsWriter(url, tensors: [.init("a", .int8, [1]), .init("a", .int8, [1])])
      }
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsWriter(url, tensors: [.init("__metadata__", .int8, [1])])
      }
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsWriter(url, tensors: [.init("a", .int8, [-1])])
      }
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsWriter(
          url, tensors: [.init("a", .int8, [Int.max]), .init("b", .int8, [1])])
      }
      #expect(throws: SafetensorsError.self) {
        _ = try SafetensorsWriter(folder.appending(path: "no/such/file"), tensors: [])
      }
    }
  }
}

@Suite struct LargeFileTests {
  @Test func `a file beyond 4 GB opens without being read`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "large.safetensors")
      let count = 1_200_000_000
      let header = file(
        #"{"a":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]},"#
          + #""b":{"dtype":"I32","shape":[1],"data_offsets":[\#(4 * count),\#(4 * count + 4)]}}"#)
      try Data(header).write(to: url)
      // A hole in the file system: takes no space.
      try #require(unsafe truncate(url.path, off_t(header.count + 4 * count + 4)) == 0)
      let checkpoint = try Checkpoint(contentsOf: url)
      #expect(checkpoint.byteCount == header.count + 4 * count + 4)
      #expect(try checkpoint.tensor(named: "a").count == count)
      #expect(try unsafe checkpoint.tensor(named: "a").withUnsafeBytes { unsafe $0.last } == 0)
      #expect(try checkpoint.tensor(named: "b").int64s() == [0])
    }
  }
}

@Suite struct ShardTests {
  /// Two shards with one tensor each, and this index.
  func withShards(_ index: String, _ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (name, value) in [("a", 1 as Float), ("b", 2)] {
        var writer = try SafetensorsWriter(
          folder.appending(path: "\(name).safetensors"), tensors: [.init(name, .float32, [1])])
        try writer.write([value])
        try writer.finish()
      }
      let url = folder.appending(path: "model.safetensors.index.json")
      try Data(index.utf8).write(to: url)
      try body(folder)
    }
  }

  func message(_ index: String) throws -> String {
    var message = "no error"
    try withShards(index) { folder in
      do {
        _ = try Checkpoint(contentsOf: folder)
      } catch {
        message = "\(error)"
      }
    }
    return message
  }

  @Test func `tensors are found in their shards`() throws {
    let index =
      #"{"metadata":{"total_size":8},"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}"#
    try withShards(index) { folder in
      for url in [folder, folder.appending(path: "model.safetensors.index.json")] {
        let checkpoint = try Checkpoint(contentsOf: url)
        #expect(checkpoint.names == ["a", "b"])
        #expect(checkpoint.metadata == ["total_size": "8"])
        #expect(try checkpoint.tensor(named: "a").floats() == [1])
        #expect(try checkpoint.tensor(named: "b").floats() == [2])
      }
    }
  }

  @Test(arguments: [
    (#"{"a":"b.safetensors","b":"b.safetensors"}"#, "tensor a is not in b.safetensors"),
    (#"{"a":"b.safetensors","b":"a.safetensors"}"#, "is in a.safetensors, but the index says"),
    (
      #"{"a":"a.safetensors","x":"b.safetensors"}"#, "tensor b of b.safetensors is not in the index"
    ),
    (
      #"{"a":"a.safetensors","b":"b.safetensors","c":"b.safetensors"}"#,
      "tensor c is not in b.safetensors"
    ),
    (#"{"a":"a.safetensors","b":"c.safetensors"}"#, "no such file"),
    (#"{"a":"../a.safetensors"}"#, "is not the name of a file in the same folder"),
    (#"{"a":"/etc/passwd"}"#, "is not the name of a file in the same folder"),
    (#"{"a":".."}"#, "is not the name of a file in the same folder"),
    (#"{"a":""}"#, "is not the name of a file in the same folder"),
    (#"{"a":"a\u0000.safetensors"}"#, "is not the name of a file in the same folder"),
    (#"{"a":1}"#, "weight_map.a should be a string"),
    (#"[]"#, "weight_map should be an object"),
    (#"{"a":"a.safetensors","a":"b.safetensors"}"#, "the key \"a\" is repeated"),
    (#"{"\u00e9":"a.safetensors","e\u0301":"a.safetensors"}"#, "Unicode spelling"),
  ])
  func `a wrong index is an error that says what is wrong`(map: String, expected: String) throws {
    let message = try message("{\"weight_map\":\(map)}")
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `an index without a map or that is cut is rejected`() throws {
    #expect(try message("{}").contains("weight_map is missing"))
    #expect(try message("{\"weight_map\":").contains("the text ends"))
    #expect(try message("").contains("the text is empty"))
  }

  @Test func `a damaged shard is named`() throws {
    let index = #"{"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}"#
    try withShards(index) { folder in
      try Data([1, 2, 3]).write(to: folder.appending(path: "b.safetensors"))
      let error = #expect(throws: SafetensorsError.self) { try Checkpoint(contentsOf: folder) }
      #expect(error?.description.contains("b.safetensors: 3 bytes are too few") == true)
    }
  }
}

@Suite struct CheckpointLocatorTests {
  func message(_ url: URL) -> String {
    do {
      _ = try Checkpoint(contentsOf: url)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `what cannot be opened is an error that says why`() throws {
    try withTemporaryFolder { folder in
      #expect(message(folder.appending(path: "none")).contains("no such file"))
      #expect(message(folder).contains("no safetensors file"))
      try Data([0]).write(to: folder.appending(path: "tf_model.h5"))
      #expect(message(folder).contains("tf_model.h5 is of another format"))
      try Data().write(to: folder.appending(path: "head.safetensors"))
      #expect(message(folder).contains("0 bytes are too few"))
      try Data().write(to: folder.appending(path: "other.safetensors"))
      #expect(message(folder).contains("several checkpoints"))
    }
    #expect(message(URL(filePath: "/dev/null")).contains("not a regular file"))
  }
}
