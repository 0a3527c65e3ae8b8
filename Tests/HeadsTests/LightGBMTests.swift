import Foundation
import Safetensors
import TestSupport
import Testing

@testable import Heads

/// Goldens of `Booster.predict`; see make_lightgbm.py beside them.
@Suite struct LightGBMTests {
  static let folder = fixtures.appending(path: "lightgbm")
  static let names: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { $0.hasSuffix(".txt") }.sorted()
  }()

  @Test func `the goldens are there`() {
    #expect(Self.names.count == 88)
  }

  @Test(arguments: names)
  func `outputs are those of Python's Booster, whatever is missing`(name: String) throws {
    let golden = try Checkpoint(contentsOf: Self.folder.appending(path: "golden.safetensors"))
    let rows = try golden.tensor(named: "rows").doubles()
    let expected = try golden.tensor(named: String(name.dropLast(4)))
    let head = try Head(contentsOf: Self.folder.appending(path: name))
    let count = rows.count / head.inputSize
    var found = try head.probabilities(rows, count: count)
    if head.task == .binary, expected.shape.count == 1 {
      // The Booster gives the second class alone.
      found = found.column(1, of: 2)
    }
    #expect(largestDifference(found, try expected.doubles(), isRelative: true) <= 1e-12)
    // Rows without anything special take another path.
    let plain = rows.map { $0.isNaN || $0 == 0 ? 0.25 : $0 }
    let alone = try (0..<count).flatMap { row in
      try head.probabilities(
        Array(plain[row * head.inputSize..<(row + 1) * head.inputSize]), count: 1)
    }
    #expect(
      largestDifference(try head.probabilities(plain, count: count), alone, isRelative: true) == 0)
  }

  @Test func `classes and tasks follow the objective`() throws {
    func head(_ name: String) throws -> Head {
      try Head(contentsOf: Self.folder.appending(path: name + ".txt"))
    }
    #expect(try head("binary-nan").classes == ["0", "1"])
    #expect(try head("multiclass-nan").classes == ["0", "1", "2"])
    #expect(try head("multiclass-nan").task == .multiclass)
    #expect(try head("poisson-nan").classes == ["value"])
    #expect(try head("poisson-nan").task == .value)
    #expect(try head("custom").task == .value)
  }
}

@Suite struct DamagedModelTests {
  static let text: String = {
    let url = LightGBMTests.folder.appending(path: "binary-nan.txt")
    return (try? Data(contentsOf: url)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }()

  func error(_ text: String) -> HeadError? {
    do {
      _ = try TreeEnsemble(parsing: Array(text.utf8), file: "m")
      return nil
    } catch {
      return error
    }
  }

  /// The text with the first field of that name changed, and the size of its tree mended.
  func changed(_ key: String, to value: String) -> String {
    var lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let index = lines.firstIndex(where: { $0.hasPrefix(key + "=") }),
      let sizes = lines.firstIndex(where: { $0.hasPrefix("tree_sizes=") })
    else { return Self.text }
    let grown = key.utf8.count + 1 + value.utf8.count - lines[index].utf8.count
    lines[index] = key + "=" + value
    let tree = lines[..<index].count { $0.hasPrefix("Tree=") } - 1
    if tree >= 0 {
      var numbers = lines[sizes].dropFirst(11).split(separator: " ").compactMap { Int($0) }
      numbers[tree] += grown
      lines[sizes] = "tree_sizes=" + numbers.map(String.init).joined(separator: " ")
    }
    return lines.joined(separator: "\n")
  }

  @Test func `the model that is damaged here is whole`() throws {
    #expect(error(Self.text) == nil)
    let end = try #require(Self.text.firstRange(of: "end of trees\n"))
    #expect(error(String(Self.text[..<end.upperBound])) == nil)
  }

  @Test func `every cut is an error that names the line`() throws {
    let bytes = Array(Self.text.utf8)
    let end = try #require(Self.text.firstRange(of: "end of trees\n"))
    let length = Self.text[..<end.upperBound].utf8.count
    for cut in 0..<length {
      let text = String(decoding: bytes[..<cut], as: UTF8.self)
      guard case .invalidModel(_, let line, _) = error(text) else {
        Issue.record("a cut at \(cut) was not found")
        continue
      }
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      #expect(line == lines)
    }
  }

  @Test func `every line that is lost is found`() throws {
    let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = try #require(lines.firstIndex(of: "end of trees"))
    // LightGBM can do without these lines. A model of a custom objective has no line for it, so the
    // loss shows only where the parameters follow, as they do in a file that LightGBM wrote.
    let optional = ["version=", "num_tree_per_iteration=", "objective=", "tree_sizes="]
    let first = try #require(lines.firstIndex(of: "Tree=0"))
    for index in 0...last
    where !optional.contains(where: lines[index].hasPrefix)
      && !(index < first && lines[index].isEmpty)
    {
      var left = lines
      left.remove(at: index)
      let found = error(left.joined(separator: "\n"))
      #expect(found != nil, "line \(index + 1): \(lines[index])")
    }
  }

  @Test(arguments: [
    ("version", "v5", "v5 is not supported, only v2 to v4"),
    ("num_class", "2", "2, but 1 trees an iteration"),
    ("num_class", "x", "\"x\" is not an integer"),
    ("max_feature_idx", "4", "6 names for 5 features"),
    ("max_feature_idx", "99999999999", "is not an integer"),
    ("max_feature_idx", "-1", "is not an integer"),
    ("objective", "binary", "no positive sigmoid"),
    ("objective", "binary sigmoid:0", "no positive sigmoid"),
    ("objective", "binary sigmoid:-1", "no positive sigmoid"),
    ("objective", "multiclass num_class:3", "multiclass has not 1 trees an iteration"),
    ("objective", "multiclass num_class:1", "no num_class of 2 or more"),
    ("objective", "magic", "\"magic\" is not supported"),
    ("objective", "", "empty"),
    ("tree_sizes", "1 2", "tree 0 has"),
    ("tree_sizes", "", "0 trees are not whole iterations"),
    ("num_leaves", "5", "4 numbers where 5 are expected"),
    ("num_leaves", "0", "\"0\" is not an integer"),
    ("num_leaves", "99999999999999999999", "is not an integer"),
    ("num_cat", "5", "is not an integer"),
    ("num_cat", "3", "the field cat_boundaries is missing"),
    ("split_feature", "0 1 6", "\"6\" is not a number that can stand here"),
    ("split_feature", "0 1 -1", "\"-1\" is not a number that can stand here"),
    ("threshold", "0x1p3 1 2", "\"0x1p3\" is not a number"),
    ("threshold", "nan nan nan", "threshold"),
    ("decision_type", "2 2 12", "\"12\" is not a number that can stand here"),
    ("left_child", "0 -2 -3", "split 0 cannot lead to split 0"),
    ("left_child", "2 0 -1", "split 1 cannot lead to split 0"),
    ("left_child", "-1 -1 -1", "two splits lead to leaf 0"),
    ("left_child", "3 -1 -2", "\"3\" is not a number that can stand here"),
    ("right_child", "-5 -3 -4", "\"-5\" is not a number that can stand here"),
    ("leaf_value", "1 2 3", "3 numbers where 4 are expected"),
    ("leaf_value", "1 2 3 4 5", "5 numbers where 4 are expected"),
    ("leaf_value", "1 2 3 x", "\"x\" is not a number"),
    ("cat_boundaries", "1 2", "the bounds do not rise from 0"),
    ("cat_boundaries", "0 99999999999", "is not a number that can stand here"),
    ("cat_threshold", "4294967296 0", "is not a number that can stand here"),
    ("is_linear", "1", "the field leaf_const is missing"),
    ("is_linear", "2", "\"2\" is not an integer"),
  ])
  func `an altered field is an error that names its line`(
    key: String, value: String, expected: String
  ) {
    let text = changed(key, to: value)
    #expect(text != Self.text)
    guard case .invalidModel(_, let line, let reason) = error(text) else {
      Issue.record("not found")
      return
    }
    #expect(reason.contains(expected), "\(reason)")
    // The reason begins with the name of the field that the line has.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if let colon = reason.firstIndex(of: ":") {
      #expect(lines[line - 1].hasPrefix(reason[..<colon] + "="), "\(line)")
    }
  }

  @Test func `a model with the line ends of Windows scores the same`() throws {
    let rows = (0..<60).map { Double($0 % 7) - 2.5 }
    let windows = Self.text.replacing("\n", with: "\r\n")
    let scores = try [Self.text, windows].map { text in
      let ensemble = try TreeEnsemble(parsing: Array(text.utf8), file: "m")
      return try ensemble.scores(
        of: Rows(values: rows, count: 10, width: 6, isSinglePrecision: false, firstRow: 0))
    }
    #expect(scores[0].probabilities == scores[1].probabilities)
  }

  @Test func `without the sizes of trees, a lost tree is an error where the end is lost, too`()
    throws
  {
    let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.filter { !$0.hasPrefix("tree_sizes=") }.joined(separator: "\n")
    #expect(error(text) == nil)
    let end = try #require(text.firstRange(of: "Tree=1"))
    let found = error(String(text[..<end.lowerBound]))?.description
    #expect(found?.contains("the file ends where \"end of trees\" is expected") == true)
    let none = text.replacing("Tree=", with: "tree=")
    #expect(error(none)?.description.contains("unknown field \"tree\"") == true)
  }

  @Test func `unknown and repeated fields are errors`() {
    let extra = Self.text.replacing("shrinkage=", with: "magic=1\nshrinkage=")
    #expect(error(extra)?.description.contains("unknown field \"magic\"") == true)
    let twice = Self.text.replacing("num_cat=", with: "num_cat=0\nnum_cat=")
    #expect(error(twice)?.description.contains("the field num_cat is repeated") == true)
    let bare = Self.text.replacing("label_index=0", with: "label_index")
    #expect(error(bare)?.description.contains("expected key=value") == true)
  }

  @Test func `a header that contradicts the parameters is an error`() throws {
    let parameters = "\nparameters:\n[boosting: gbdt]\n[objective: binary]\n\nend of parameters\n"
    #expect(error(Self.text + parameters) == nil)
    let lost = Self.text.replacing("objective=binary sigmoid:1\n", with: "") + parameters
    #expect(error(lost)?.description.contains("trained for the objective binary") == true)
    let forest = Self.text + parameters.replacing("gbdt", with: "rf")
    #expect(error(forest)?.description.contains("random forest without average_output") == true)
  }

  @Test func `trees out of order are an error`() {
    let text = Self.text.replacing("Tree=1", with: "Tree=2")
    #expect(error(text)?.description.contains("expected \"Tree=1\", found \"Tree=2\"") == true)
  }
}
