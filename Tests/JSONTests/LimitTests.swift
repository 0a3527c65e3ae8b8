import Platform
import Testing

@testable import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One beyond each limit of the table in TrustAndLimits.
@Suite struct LimitTests {
  private func reason(_ url: URL) -> String {
    do {
      _ = try FileContent.bytes(of: url)
      return "no error"
    } catch { return error.reason }
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "limits-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func `row "a file that is read whole": one byte more is refused unread`() throws {
    try withFolder { folder in
      let url = folder.appending(path: "tokenizer.json")
      try Data().write(to: url)
      // The file has the size and takes no room.
      #expect(unsafe truncate(url.path, off_t(RegularFile.largest + 1)) == 0)
      #expect(reason(url) == "1073741825 bytes; at most 1073741824 are read")
    }
  }

  @Test func `row "what is no file": pipes, devices, folders and circles of links are refused`()
    throws
  {
    try withFolder { folder in
      let pipe = folder.appending(path: "pipe")
      #expect(unsafe mkfifo(pipe.path, 0o600) == 0)
      #expect(reason(pipe) == "not a regular file")
      #expect(reason(folder) == "not a regular file")
      #expect(reason(URL(filePath: "/dev/zero")) == "not a regular file")
      let circle = folder.appending(path: "circle")
      #expect(unsafe symlink("circle", circle.path) == 0)
      #expect(reason(circle) == "Too many levels of symbolic links")
      let link = folder.appending(path: "link")
      try Data("{}".utf8).write(to: folder.appending(path: "file"))
      #expect(unsafe symlink("file", link.path) == 0)
      #expect(try FileContent.bytes(of: link) == Array("{}".utf8))
    }
  }

  @Test func `row "a tree of JSON": an element that begins behind the limit is refused`() throws {
    let options = JSONOptions(maximumTreeBytes: 8)
    #expect(throws: Never.self) { try JSONValue(parsing: "[1,1,1,10]", options: options) }
    #expect {
      _ = try JSONValue(parsing: "[1,1,1,1,1]", options: options)
    } throws: {
      "\($0)".contains("a value of more than 8 bytes")
    }
    #expect {
      _ = try JSONValue(parsing: #"{"a": "bcdefg", "h": 1}"#, options: options)
    } throws: {
      "\($0)".contains("a value of more than 8 bytes")
    }
    let limit = JSONOptions.strict.maximumTreeBytes
    #expect(limit == 8 << 20)
    let text = [UInt8](repeating: 0x20, count: limit - 1)
    #expect {
      _ = try JSONValue(parsing: Array("[0".utf8) + text + Array(",1]".utf8))
    } throws: {
      "\($0)".contains("a value of more than 8388608 bytes")
    }
  }

  @Test func `row "depth of JSON": the 129th level is refused`() {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(128)) }
    #expect {
      _ = try JSONValue(parsing: nested(129))
    } throws: {
      "\($0)".contains("nested deeper than 128 levels")
    }
  }
}
