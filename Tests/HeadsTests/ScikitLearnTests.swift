import Foundation
import JSON
import Safetensors
import TestSupport
import Testing

@testable import Heads

/// Goldens of scikit-learn and of LightGBM's scikit-learn wrapper; see make.py beside them.
@Suite struct ScikitLearnTests {
  static let names: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)
    return (names ?? []).filter { !$0.contains(".") && $0 != "lightgbm" }.sorted()
  }()

  @Test func `the goldens are there`() {
    #expect(Self.names.count == 106)
  }

  @Test(arguments: names)
  func `probabilities, predictions and classes are those of Python`(name: String) throws {
    let folder = fixtures.appending(path: name)
    let head = try Head(contentsOf: folder)
    let golden = try Checkpoint(contentsOf: folder.appending(path: "golden.safetensors"))
    let classes = try JSONValue(parsing: golden.metadata["classes"] ?? "").strings()
    #expect(head.classes == classes)

    let stored = try golden.tensor(named: "rows")
    let count = stored.shape[0]
    #expect(head.inputSize == stored.shape[1])
    let scores: Head.Scores
    if stored.elementType == .float32 {
      scores = try head.scores(try stored.floats(), count: count)
    } else {
      scores = try head.scores(try stored.doubles(), count: count)
    }
    let expected = try golden.tensor(named: "probabilities").doubles()
    // Where scikit-learn itself computes in float32, its own rounding is in the golden.
    let isSingle = name.contains("float32")
    #expect(
      largestDifference(scores.probabilities, expected, isRelative: true)
        <= (isSingle ? 1e-6 : 1e-13))
    let decisions = try golden.tensor(named: "decisions").int64s().map { $0 == 1 }
    #expect(scores.decisions == decisions)
    #expect(head.task == .multilabel || decisions.filter { $0 }.count == count)
  }

  @Test(arguments: names)
  func `a row's result does not depend on its batch`(name: String) throws {
    let folder = fixtures.appending(path: name)
    let head = try Head(contentsOf: folder)
    let golden = try Checkpoint(contentsOf: folder.appending(path: "golden.safetensors"))
    let rows = try golden.tensor(named: "rows").doubles()
    let count = rows.count / head.inputSize
    // Several blocks of rows, and a rest.
    let many = (0..<10).flatMap { _ in rows }
    let batch = try head.scores(many, count: count * 10)
    for row in 0..<count {
      let values = Array(rows[row * head.inputSize..<(row + 1) * head.inputSize])
      let alone = try head.scores(values, count: 1)
      for place in [row, row + count * 9] {
        let columns = place * head.classes.count..<(place + 1) * head.classes.count
        #expect(alone.probabilities == Array(batch.probabilities[columns]))
        #expect(alone.decisions == Array(batch.decisions[columns]))
      }
    }
  }

  @Test func `predictions carry the types of the classes`() throws {
    func labels(_ name: String) throws -> [ClassLabel] {
      try Head(contentsOf: fixtures.appending(path: name)).classLabels
    }
    #expect(try labels("mlp-bool-classes") == [.bool(false), .bool(true)])
    #expect(try labels("mlp-integer-classes").first == .integer(-3))
    #expect(try labels("mlp-number-classes") == [.number(0), .number(2)])
    #expect(try labels("mlp-text-classes").contains(.text("égal")))
    let head = try Head(contentsOf: fixtures.appending(path: "mlp-multilabel"))
    #expect(head.task == .multilabel)
    let row = [Double](repeating: 0, count: head.inputSize)
    let scores = try head.scores(row, count: 1)
    let chosen = try head.predictions(row, count: 1)
    #expect(
      chosen[0]
        == head.classLabels.indices.filter { scores.decisions[$0] }
        .map { head.classLabels[$0] })
  }
}

@Suite struct HeadInputTests {
  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `NaN and infinities are errors that name the row`(value: Double) throws {
    for name in ["mlp-relu-binary", "logistic-multinomial", "ovr-multilabel", "voting"] {
      let head = try Head(contentsOf: fixtures.appending(path: name))
      var rows = [Double](repeating: 0, count: head.inputSize * 100)
      rows[head.inputSize * 70 + 2] = value
      #expect(throws: HeadError.notFinite(row: 70, column: 2)) {
        try head.probabilities(rows, count: 100)
      }
    }
  }

  @Test func `trees behind a scaler take NaN but no infinity`() throws {
    let head = try Head(contentsOf: fixtures.appending(path: "lgbm-scaled"))
    var row = [Double](repeating: 0, count: head.inputSize)
    row[1] = .nan
    _ = try head.probabilities(row, count: 1)
    row[1] = .infinity
    #expect(throws: HeadError.notFinite(row: 0, column: 1)) {
      try head.probabilities(row, count: 1)
    }
  }

  @Test func `a value that overflows in a scaler is an error`() throws {
    let head = try Head(contentsOf: fixtures.appending(path: "mlp-relu-binary"))
    var row = [Double](repeating: 0, count: head.inputSize)
    row[2] = 1e308
    #expect(throws: HeadError.notFinite(row: 0, column: 2)) {
      try head.probabilities(row, count: 1)
    }
  }

  @Test func `a wrong number of values is an error`() throws {
    let head = try Head(contentsOf: fixtures.appending(path: "mlp-relu-binary"))
    let row = [Double](repeating: 0, count: head.inputSize)
    for count in [-1, 0, 2, Int.max] {
      #expect(
        throws: HeadError.wrongSize(values: row.count, rows: count, inputSize: head.inputSize)
      ) { try head.probabilities(row, count: count) }
    }
    #expect(try head.probabilities([Double](), count: 0) == [])
  }
}
