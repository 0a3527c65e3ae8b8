import Foundation
import TestSupport
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
    let root = try TemporaryFolder()
    try root.write("{}", to: "models--owner--model/snapshots/abc123/config.json")
    try root.write("abc123\n", to: "models--owner--model/refs/main")
    let cache = HubCache(folder: root.url)
    #expect(try cache.snapshot(of: "owner/model").lastPathComponent == "abc123")
    #expect(try cache.snapshot(of: "owner/model", revision: "abc123").lastPathComponent == "abc123")
    #expect(
      try ModelSource(named: "owner/model@abc123", cache: cache)
        == .model(try cache.snapshot(of: "owner/model")))
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
      try ModelSource(named: "./owner/model")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
