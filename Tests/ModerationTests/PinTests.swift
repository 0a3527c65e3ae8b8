import Foundation
import TestSupport
import Testing

@testable import Moderation

@Suite struct PinTests {
  /// A classifier with its bundle in the folder above.
  private func bundle(isPinned: Bool) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try StandIns.classifier(
      "bert-classifier-multi", labels: 4, output: "classifier.", in: folder, at: "model")
    try folder.write("notes", to: "model/README.md")
    try folder.write(ModerationBundle.directions.encoded(), to: ModerationBundle.fileName)
    let pinned = try ModelSource(contentsOf: folder.url).withDigests(isPinned: isPinned)
    try folder.write(pinned.encoded(), to: ModerationBundle.fileName)
    return folder
  }

  @Test func `A pinned model is loaded as it was, and refused when a file is another's`() throws {
    let folder = try bundle(isPinned: true)
    let source = try ModelSource(contentsOf: folder.url)
    #expect(source.bundle?.model.isPinned == true)
    #expect(
      source.bundle?.model.files.map(\.path)
        == ["config.json", "model.safetensors", "tokenizer.json"])
    _ = try Moderator(contentsOf: folder.url)

    let config = folder.url.appending(path: "model/config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    try (text + "\n").write(to: config, atomically: true, encoding: .utf8)
    #expect {
      _ = try Moderator(contentsOf: folder.url)
    } throws: { error in
      guard case ModerationError.digestMismatch(let file, _, _) = error else { return false }
      return file.hasSuffix("model/config.json")
    }
  }

  @Test func `A file that a pinned model could be read from, and that has no digest, is refused`()
    throws
  {
    let folder = try bundle(isPinned: true)
    try folder.write("{}", to: "model/tokenizer_config.json")
    #expect {
      _ = try Moderator(contentsOf: folder.url)
    } throws: { error in
      guard case ModerationError.notPinned(let file) = error else { return false }
      return file.hasSuffix("model/tokenizer_config.json")
    }
    try FileManager.default.removeItem(
      at: folder.url.appending(path: "model/tokenizer_config.json"))
    _ = try Moderator(contentsOf: folder.url)
  }

  @Test func `Without a pin other files are read, and verification says which have no digest`()
    throws
  {
    let folder = try bundle(isPinned: false)
    try folder.write("{}", to: "model/tokenizer_config.json")
    _ = try Moderator(contentsOf: folder.url)
    let source = try ModelSource(contentsOf: folder.url)
    #expect(source.verify().allSatisfy { $0.problem == nil })
    #expect(source.verify().count == 3)
    #expect(
      source.filesWithoutDigest().map { URL(filePath: $0).lastPathComponent }
        == ["README.md", "tokenizer_config.json"])
  }

  @Test func `A pin without digests is an error of its key`() throws {
    var bundle = ModerationBundle.directions
    bundle.model.isPinned = true
    #expect {
      _ = try ModerationBundle(parsing: Array(bundle.encoded().utf8))
    } throws: { "\($0)".contains("model.pinned") }
  }
}
