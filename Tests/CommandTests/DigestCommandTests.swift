import Foundation
import JSON
import TestSupport
import Testing

@Suite("moderate digest", .enabled(if: CommandProcess.path != nil, "moderate is not built"))
struct DigestCommandTests {
  /// A bundle with the small model of three labels beside it.
  private func bundle() throws -> SmallModel {
    let model = try SmallModel()
    try model.write(
      #"{"format": 1, "name": "abc", "model": {"kind": "classifier", "path": "."}, "labels": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}"#,
      to: "moderation.json")
    return model
  }

  @Test func `digests are written once for each file, and inspect compares them`() throws {
    let model = try bundle()
    let files = ["config.json", "model.safetensors", "tokenizer.json"]
    let written = try CommandProcess.run(["digest", "--model", model.folder.path])
    #expect(written.code == 0 && written.errors.contains("3 files have a digest"), "\(written)")
    let inspect = ["inspect", "--verify", "--model", model.folder.path]
    let whole = try CommandProcess.run(inspect)
    #expect(whole.code == 0, "\(whole.errors)")
    let report = try JSONValue(parsing: whole.output)
    #expect(try report.strings("verifiedFiles").map { ($0 as NSString).lastPathComponent } == files)
    #expect(try report.strings("filesWithoutDigest").isEmpty)

    let config = try String(contentsOfFile: model.file("config.json"), encoding: .utf8)
    try model.write(config + "\n", to: "config.json")
    let changed = try CommandProcess.run(inspect)
    #expect(changed.code == 1 && changed.errors.contains("config.json"), "\(changed)")
    // A file that cannot even be read is named as well.
    try model.write("{}", to: "tokenizer.json")
    let broken = try CommandProcess.run(inspect)
    #expect(broken.code != 0 && broken.errors.contains("tokenizer.json"), "\(broken)")
    #expect(broken.errors.contains("config.json"), "\(broken)")
  }

  @Test func `with --pin another file of the model is refused by whoever loads it`() throws {
    let model = try bundle()
    let arguments = ["digest", "--model", model.folder.path]
    #expect(try CommandProcess.run(arguments + ["--pin"]).code == 0)
    let classify = ["classify", "--model", model.folder.path, "the cat"]
    #expect(try CommandProcess.run(classify).code == 0)

    let config = try String(contentsOfFile: model.file("config.json"), encoding: .utf8)
    try model.write(config + "\n", to: "config.json")
    let refused = try CommandProcess.run(classify)
    #expect(refused.code != 0 && refused.errors.contains("config.json"), "\(refused)")

    // The new file is what was meant: a digest without the pin lets it in.
    #expect(try CommandProcess.run(arguments).code == 0)
    #expect(try CommandProcess.run(classify).code == 0)
  }

  @Test func `a model without a bundle has nowhere to write digests`() throws {
    let model = try SmallModel()
    let refused = try CommandProcess.run(["digest", "--model", model.folder.path])
    #expect(refused.code != 0 && refused.errors.contains("moderation.json"), "\(refused)")
    #expect(!FileManager.default.fileExists(atPath: model.file("moderation.json")))
  }
}
