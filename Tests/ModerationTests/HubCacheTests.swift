import Foundation
import Testing

@testable import Moderation

@Suite struct HubCacheTests {
  @Test(arguments: [
    (["HF_HUB_CACHE": "/a", "HF_HOME": "/b", "HOME": "/h"], "/a"),
    (["HF_HOME": "/b", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/b/hub"),
    (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/huggingface/hub"),
    (["HOME": "/h", "HF_HOME": ""], "/h/.cache/huggingface/hub"),
    (["HOME": "/h", "HF_HOME": "~/hf"], "/h/hf/hub"),
  ])
  func `The cache is where huggingface_hub has it`(environment: [String: String], path: String) {
    #expect(
      HubCache(environment: environment).folder.path(percentEncoded: false)
        .trimmingSuffix("/") == path)
  }

  @Test func `A name is looked up through its ref`() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let repository = root.appending(path: "models--owner--model")
    let snapshot = repository.appending(path: "snapshots/abc123")
    try FileManager.default.createDirectory(at: snapshot, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: repository.appending(path: "refs"), withIntermediateDirectories: true)
    try Data("abc123\n".utf8).write(to: repository.appending(path: "refs/main"))
    let cache = HubCache(folder: root)
    #expect(try cache.snapshot(of: "owner/model").lastPathComponent == "abc123")
    #expect(try cache.snapshot(of: "owner/model", revision: "abc123").lastPathComponent == "abc123")
    #expect(
      try ModelLocation.folder(named: "owner/model@abc123", cache: cache).lastPathComponent
        == "abc123")
    for (name, revision) in [
      ("owner/other", "main"), ("owner/model", "v2"), ("owner/model", "../.."), ("../x", "main"),
    ] {
      let error = #expect(throws: ModerationError.self) {
        try cache.snapshot(of: name, revision: revision)
      }
      #expect(error?.description.contains("hf download \(name)") == true)
    }
  }

  @Test func `A folder that is not there is not looked up in the cache`() {
    #expect(throws: ModerationError.unreadable(file: "./owner/model", reason: "no such folder")) {
      try ModelLocation.folder(named: "./owner/model")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
