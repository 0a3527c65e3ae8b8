import Foundation
import Testing

@testable import Heads

/// One beyond each limit of the table in TrustAndLimits. That of nested models is in HeadReaderTests.
@Suite struct LimitTests {
  private let reader = HeadReaderTests()

  @Test func `row "a head's tensors and files": what is named twice is refused`() throws {
    let tensors = try reader.message("ovr-multiclass") {
      $0 = $0.replacing("members.1.", with: "members.0.")
    }
    #expect(tensors.contains("two models have the tensor members.0."), "\(tensors)")
    let trees = try reader.message("calibrated-lgbm-forest") {
      $0 = $0.replacing("folds_1_model_model.txt", with: "folds_0_model_model.txt")
    }
    #expect(trees.contains("two models are the file folds_0_model_model.txt"), "\(trees)")
  }

  @Test(arguments: [
    (
      "num_leaves", "num_leaves=16777217",
      "num_leaves: \"16777217\" is not an integer of 1...16777216"
    ),
    (
      "max_feature_idx", "max_feature_idx=16777216",
      "max_feature_idx: \"16777216\" is not an integer of 0...16777215"
    ),
  ])
  func `row "leaves of a tree, features": one more is refused`(
    field: String, new: String, expected: String
  ) throws {
    let folder = fixtures.appending(path: "lgbm-binary")
    let file = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".txt") })
    let text = String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
    let altered = text.replacing(
      try Regex("\(field)=[0-9]+"), with: new, maxReplacements: 1)
    #expect {
      _ = try TreeEnsemble(parsing: Array(altered.utf8), file: file)
    } throws: {
      "\($0)".contains(expected)
    }
  }

  @Test func `row "labels": the 10,001st class of a head is refused`() throws {
    let classes = (0...10_000).map { "\($0)" }.joined(separator: ", ")
    let message = try reader.message("logistic-binary") {
      $0 = $0.replacing("\"classes\": [\n    0,\n    1\n  ]", with: "\"classes\": [\(classes)]")
    }
    #expect(message.contains("10001 classes; at most 10000 are read"), "\(message)")
  }
}
