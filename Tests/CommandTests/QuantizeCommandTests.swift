import Foundation
import JSON
import Moderation
import ModerationEvaluation
import Tensor
import TestSupport
import Testing

@Suite("moderate quantize", .enabled(if: CommandProcess.path != nil, "moderate is not built"))
struct QuantizeCommandTests {
  @Test func `writes a folder that runs in int8, with what it costs; nothing is overwritten`()
    throws
  {
    let model = try SmallModel()
    try model.write(EvaluateCommandTests.data, to: "t.jsonl")
    let folder = try TemporaryFolder()
    let target = folder.url.appending(path: "quantized")
    let arguments = [
      "quantize", "--model", model.folder.path, "--output", target.path, "--test",
      model.file("t.jsonl"), "--instruction-set", "neon",
    ]
    let result = try CommandProcess.run(arguments)
    #expect(result.code == 0, "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    #expect(try report.int("calibrationTexts") == 60)
    #expect(try report.string("instructionSet") == "neon")
    #expect(try report.array("layers").count >= 4)
    #expect(try report.array("layers").allSatisfy { try $0.double("loss") < 0.01 })
    #expect(try report.array("labels").map { try $0.string("name") } == ["a", "b"])

    let bundle = try ModerationBundle(contentsOf: target)
    #expect(bundle.model.precisions == [.int8])
    #expect(bundle.quantization != nil)
    let exact = try CommandProcess.run(["classify", "--model", model.folder.path, "the cat"])
    let found = try CommandProcess.run(["classify", "--model", target.path, "the cat"])
    #expect(exact.code == 0 && found.code == 0)
    let verdicts = try [exact, found].map { try JSONValue(parsing: $0.output) }
    for name in ["a", "b", "c"] {
      let scores = try verdicts.map { try $0.value("labels").value(name).double("score") }
      #expect(abs(scores[0] - scores[1]) < 0.02)
    }

    let again = try CommandProcess.run(arguments)
    #expect(again.code == 2 && again.errors.contains("is there already"))
    let refused = try CommandProcess.run(
      ["classify", "--model", target.path, "--precision", "float32", "the cat"])
    #expect(refused.code == 2 && refused.errors.contains("float32"))
  }

  @Test func `what a killed run left is no part of the folder, and a failed run leaves no folder`()
    throws
  {
    let model = try SmallModel()
    try model.write("the cat\nthe dog\n", to: "texts.txt")
    let folder = try TemporaryFolder()
    let target = folder.url.appending(path: "quantized")
    try folder.write("half", to: "quantized.unfinished/model.safetensors")
    try folder.write("half", to: "quantized.unfinished/left.json")
    var arguments = [
      "quantize", "--model", model.folder.path, "--output", target.path, "--calibrate",
      model.file("texts.txt"),
    ]
    let failed = try CommandProcess.run(arguments + ["--test", model.file("missing.jsonl")])
    #expect(failed.code != 0 && failed.errors.contains("missing.jsonl"), "\(failed)")
    #expect(!FileManager.default.fileExists(atPath: target.path))

    let result = try CommandProcess.run(arguments)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["quantized"])
    #expect(!FileManager.default.fileExists(atPath: target.appending(path: "left.json").path))
    arguments = ["classify", "--model", target.path, "the cat"]
    #expect(try CommandProcess.run(arguments).code == 0)
  }
}
