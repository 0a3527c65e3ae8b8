import Foundation
import JSON
import Safetensors
import TestSupport
import Testing

@testable import Heads

@Suite struct HeadReaderTests {
  /// The message of the error for a head whose description was changed.
  func message(_ name: String, _ change: (inout String) -> Void) throws -> String {
    var message = "no error"
    try withTemporaryFolder { folder in
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
    ("\"version\": 2", "\"version\": 3", "version 3 of the format is not supported"),
    ("\"task\": \"binary\"", "\"task\": \"multilabel\"", "the task is multilabel but"),
    ("\"task\": \"binary\"", "\"task\": \"guess\"", "the task \"guess\" is not supported"),
    (
      "\"classes\": [\n    0,\n    1\n  ]", "\"classes\": [0, 1, 2]",
      "3 classes but the model has 2"
    ),
    (
      "\"classes\": [\n    0,\n    1\n  ]", "\"classes\": [0, \"0\"]",
      "two classes have the same name, \"0\""
    ),
    ("\"task\":", "\"note\": 1, \"task\":", "note is a key that is not known here"),
    ("\"hidden\":", "\"dropout\": 1, \"hidden\":", "model.model.dropout is a key that is not"),
    ("\"rule\":", "\"tie\": 1, \"rule\":", "model.model.decision.tie is a key that is not known"),
    ("\"center\":", "\"clip\": true, \"center\":", "model.scalers[0].clip is a key that is not"),
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
    ("ovr-multiclass", "\"response\":", "\"scores\":", "model.response is missing"),
    (
      "ovr-perceptron", "\"predict_proba\"", "\"decision_function\"",
      "model needs margins, which its model does not have"
    ),
    (
      "calibrated-svc-binary", "\"decision_function\"", "\"predict_proba\"",
      "model.members[0] needs probabilities, which its model does not have"
    ),
    (
      "calibrated-svc-binary", "\"decision_function\"", "\"predict\"",
      "model.members[0].response is \"predict\", which is not one of"
    ),
    (
      "logistic-binary", "\"output\": \"logistic\"", "\"output\": \"none\"",
      "the model has margins but no probabilities"
    ),
    (
      "stacking-binary", "\"passthrough\": false", "\"passthrough\": true",
      "the last model takes 3 numbers, not 10"
    ),
    ("threshold-auto", "\"class\": 1", "\"class\": 2", "model.class is 2, outside 0...1"),
    (
      "calibrated-isotonic-binary", "\"kind\": \"isotonic\"",
      "\"bounds\": \"clip\", \"kind\": \"isotonic\"",
      "model.members[0].calibrators[0].bounds is a key that is not known here"
    ),
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
    try withTemporaryFolder { folder in
      let model = folder.appending(path: "model.txt")
      try Data("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8).write(to: model)
      #expect(message(model).contains("line 1: expected a LightGBM model, found a Git LFS pointer"))
      try Data("<!DOCTYPE html>".utf8).write(to: model)
      #expect(message(model).contains("expected a LightGBM model, found an HTML or XML page"))
      try Data([0x80, 0x04, 0x95, 0, 0, 0]).write(to: model)
      #expect(message(model).contains("a Python pickle, such as a joblib file"))
      try Data("{}".utf8).write(to: folder.appending(path: "head.json.txt"))
      #expect(message(folder).contains("head.json: cannot be read: no such file; is it head.json"))
      try Data("{}".utf8).write(to: folder.appending(path: "head.json"))
      #expect(message(folder).contains("head.safetensors: cannot be read"))
    }
  }
}
