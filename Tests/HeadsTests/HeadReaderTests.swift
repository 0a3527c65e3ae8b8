import FoundationEssentials
import JSON
import Safetensors
import Testing

@testable import Heads

@Suite struct HeadReaderTests {
  /// The message of the error for a head whose description was changed.
  func message(_ name: String, _ change: (inout String) -> Void) throws -> String {
    var message = "no error"
    try withFolder { folder in
      let source = fixtures.appending(path: name)
      for file in try FileManager.default.contentsOfDirectory(atPath: source.path) {
        try FileManager.default.copyItem(
          at: source.appending(path: file), to: folder.appending(path: file))
      }
      let url = folder.appending(path: "head.json")
      var text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      let before = text
      change(&text)
      #expect(text != before)
      try Data(text.utf8).write(to: url)
      do {
        _ = try Head(contentsOf: folder)
      } catch {
        message = "\(error)"
      }
    }
    return message
  }

  @Test(arguments: [
    ("moderation-head", "other", "the format \"other\" is not supported"),
    ("\"version\": 1", "\"version\": 2", "version 2 of the format is not supported"),
    ("\"task\": \"binary\"", "\"task\": \"multilabel\"", "the task is multilabel but"),
    ("\"task\": \"binary\"", "\"task\": \"guess\"", "the task \"guess\" is not supported"),
    (
      "\"classes\": [\n    0,\n    1\n  ]", "\"classes\": [0, 1, 2]",
      "3 classes but the model has 2"
    ),
    (
      "\"classes\": [\n    0,\n    1\n  ]", "\"classes\": [0, \"0\"]",
      "two classes have the same name"
    ),
    ("\"classes\": [\n    0,\n    1\n  ]", "\"classes\": [0, null]", "classes[1] should be"),
    ("\"classes\"", "\"names\"", "classes is missing"),
    ("\"input_size\": 7", "\"input_size\": 8", "input_size is 8 but the model takes 7"),
    ("\"kind\": \"mlp\"", "\"kind\": \"forest\"", "the model \"forest\" is not supported"),
    ("\"hidden\": \"relu\"", "\"hidden\": \"gelu\"", "the activation \"gelu\" is not supported"),
    ("\"output\": \"logistic\"", "\"output\": \"softmax\"", "a single output cannot be softmax"),
    ("\"output\": \"logistic\"", "\"output\": \"x\"", "the output function \"x\" is not supported"),
    ("\"rule\": \"above\"", "\"rule\": \"highest\"", "the highest of a single score"),
    ("\"rule\": \"above\"", "\"rule\": \"below\"", "the decision rule \"below\" is not supported"),
    ("\"multilabel\": false", "\"multilabel\": true", "several labels need logistic outputs"),
    ("\"multilabel\": false", "\"multilabel\": 0", "multilabel should be true or false"),
    (
      "        7,\n        9", "        7,\n        8",
      "model.layers.0.weight should have the shape [7, 8]"
    ),
    ("        7,\n        9", "        7,\n        -9", "size is -9"),
    (
      "\"scale\": true", "\"scale\": false", "1 tensors are not part of this model: scalers.0.scale"
    ),
    ("\"size\": 7", "\"size\": 6", "scalers.0.center should have the shape [6]"),
    ("\"prefix\": \"scalers.0\"", "\"prefix\": \"nowhere\"", "nowhere.center is missing"),
  ])
  func `a changed description is an error that says what is wrong`(
    old: String, new: String, expected: String
  ) throws {
    let message = try message("mlp-relu-binary") { $0 = $0.replacing(old, with: new) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `every cut of a description is an error`() throws {
    let url = fixtures.appending(path: "voting/head.json")
    let length = try Data(contentsOf: url).count
    for cut in stride(from: 0, to: length - 2, by: 7) {
      let message = try message("voting") { $0 = String($0.prefix(cut)) }
      #expect(message != "no error")
    }
  }

  @Test(arguments: [
    ("calibrated-isotonic-binary", "\"kind\": \"isotonic\"", "\"kind\": \"x\"", "calibrator \"x\""),
    ("calibrated-isotonic-binary", "\"points\": ", "\"points\": 1", "should have the shape"),
    ("voting", "2.5", "-2.5", "must not be negative"),
    ("voting", "2.5", "2.5, 1", "3 weights for 2 members"),
    ("lgbm-binary", "model.txt", "../model.txt", "is not the name of a file"),
    ("lgbm-binary", "model.txt", "other.txt", "cannot be read"),
    ("ovr-multiclass", "\"members\": [", "\"others\": [", "members is missing"),
  ])
  func `a changed combination is an error`(
    name: String, old: String, new: String, expected: String
  ) throws {
    let message = try message(name) { $0 = $0.replacing(old, with: new) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `a description nested without end is an error`() throws {
    let message = try message("logistic-binary") { text in
      let open = #"{"kind":"pipeline","scalers":[],"model":"#
      text = text.replacing(
        "\"model\": ", with: "\"model\":" + String(repeating: open, count: 40))
      text += String(repeating: "}", count: 40)
    }
    #expect(message.contains("a model of more than 16 levels"), "\(message)")
  }

  @Test func `what is no head is an error that says why`() throws {
    func message(_ url: URL) -> String {
      do {
        _ = try Head(contentsOf: url)
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(message(fixtures.appending(path: "nothing")).contains("no such file"))
    #expect(message(fixtures).contains("head.json"))
    #expect(message(fixtures.appending(path: "make.py")).contains("line 1: not a LightGBM model"))
    try withFolder { folder in
      try Data("{}".utf8).write(to: folder.appending(path: "head.json"))
      #expect(message(folder).contains("head.safetensors: cannot be read"))
    }
  }
}
