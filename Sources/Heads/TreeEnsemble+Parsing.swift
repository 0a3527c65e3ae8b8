extension TreeEnsemble {
  /// Reads LightGBM's text format, versions 3 and 4. Everything a prediction relies on is checked:
  /// a cut or altered file is an error that names the line.
  init(parsing bytes: [UInt8], file: String) throws(HeadError) {
    var lines = ModelLines(bytes, file: file)
    let header = try ModelHeader(&lines)
    var builder = TreeBuilder(header: header, file: file)
    for index in 0..<header.treeSizes.count {
      let start = lines.offset
      try builder.addTree(index, &lines)
      guard lines.offset - start == header.treeSizes[index] else {
        throw .invalidModel(
          file: file, line: header.treeSizesLine,
          reason: "tree \(index) has \(lines.offset - start) bytes, not \(header.treeSizes[index])")
      }
    }
    try lines.expect("end of trees")
    try header.check(against: &lines)
    task = header.task
    objective = header.objective
    inputSize = header.featureCount
    outputCount = header.outputCount
    averagesOutput = header.averagesOutput
    trees = builder.trees
    nodes = builder.nodes
    leaves = builder.leaves
    categories = builder.categories
    linear = builder.linear
  }
}

/// The lines of a model file, with their numbers.
struct ModelLines {
  let file: String
  private let bytes: [UInt8]
  /// Of the next line, in bytes.
  private(set) var offset = 0
  /// Of the line read last, from 1.
  private(set) var number = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The next line without its end, or nil at the end of the file. A last line that is not ended is
  /// an error: the file has been cut.
  mutating func next() throws(HeadError) -> String? {
    guard offset < bytes.count else { return nil }
    number += 1
    guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw error("the line does not end: the file has been cut")
    }
    var text = bytes[offset..<end]
    offset = end + 1
    if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
    guard let line = String(validating: text, as: UTF8.self) else {
      throw error("not valid UTF-8")
    }
    return line
  }

  /// The next line; an error at the end of the file.
  mutating func require(_ what: String) throws(HeadError) -> String {
    guard let line = try next() else {
      number += 1
      throw error("the file ends where \(what) is expected")
    }
    return line
  }

  mutating func expect(_ text: String) throws(HeadError) {
    let line = try require("\"\(text)\"")
    guard line == text else { throw error("expected \"\(text)\", found \"\(line.prefix(40))\"") }
  }

  func error(_ reason: String) -> HeadError {
    .invalidModel(file: file, line: number, reason: reason)
  }
}

/// `key=value` lines up to an empty one.
struct ModelFields {
  let file: String
  /// The line the fields begin at: errors for a missing one name it.
  let line: Int
  private var values: [String: (text: Substring, line: Int)] = [:]

  /// - Parameter keys: what may stand there. A key that this version does not know could change the
  ///   prediction, so it is an error.
  init(_ lines: inout ModelLines, keys: Set<String>, flags: Set<String> = []) throws(HeadError) {
    file = lines.file
    line = lines.number + 1
    while true {
      let text = try lines.require("a field")
      if text.isEmpty { return }
      let key: String
      let value: Substring
      if let equals = text.firstIndex(of: "=") {
        key = String(text[..<equals])
        value = text[text.index(after: equals)...]
      } else {
        guard flags.contains(text) else { throw lines.error("expected key=value") }
        key = text
        value = ""
      }
      guard keys.contains(key) || flags.contains(key) else {
        throw lines.error("unknown field \"\(key)\"")
      }
      guard values[key] == nil else { throw lines.error("the field \(key) is repeated") }
      values[key] = (value, lines.number)
    }
  }

  func contains(_ key: String) -> Bool { values[key] != nil }

  func line(of key: String) -> Int { values[key]?.line ?? line }

  func error(_ key: String, _ reason: String) -> HeadError {
    .invalidModel(file: file, line: line(of: key), reason: "\(key): \(reason)")
  }

  func text(_ key: String) throws(HeadError) -> Substring {
    guard let value = values[key] else {
      throw .invalidModel(file: file, line: line, reason: "the field \(key) is missing")
    }
    return value.text
  }

  func integer(_ key: String, _ range: ClosedRange<Int>) throws(HeadError) -> Int {
    let text = try text(key)
    guard let value = Int(text), range.contains(value) else {
      throw error(key, "\"\(text.prefix(40))\" is not an integer of \(range)")
    }
    return value
  }

  /// Numbers separated by spaces; exactly so many.
  func integers(
    _ key: String, count: Int, _ range: ClosedRange<Int>
  ) throws(HeadError) -> [Int] {
    try list(key, count: count) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func numbers(_ key: String, count: Int) throws(HeadError) -> [Double] {
    try list(key, count: count) { text in
      // `Double` also reads hexadecimal floats, which LightGBM does not write.
      text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) ? nil : Double(text)
    }
  }

  private func list<Value>(
    _ key: String, count: Int, _ read: (Substring) -> Value?
  ) throws(HeadError) -> [Value] {
    let text = try text(key)
    var result: [Value] = []
    result.reserveCapacity(min(count, text.utf8.count))
    for part in text.split(separator: " ") {
      guard let value = read(part) else {
        throw error(key, "\"\(part.prefix(40))\" is not a number that can stand here")
      }
      result.append(value)
    }
    guard result.count == count else {
      throw error(key, "\(result.count) numbers where \(count) are expected")
    }
    return result
  }
}

/// The part before the first tree.
struct ModelHeader {
  let featureCount: Int
  let outputCount: Int
  let averagesOutput: Bool
  let objective: TreeEnsemble.Objective
  let task: Head.Task
  /// Bytes of each tree's text.
  let treeSizes: [Int]
  let treeSizesLine: Int

  init(_ lines: inout ModelLines) throws(HeadError) {
    let name = try lines.require("\"tree\"")
    guard name == "tree" else {
      throw lines.error("not a LightGBM model: it should begin with \"tree\"")
    }
    let fields = try ModelFields(
      &lines,
      keys: [
        "version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx",
        "objective", "feature_names", "monotone_constraints", "feature_infos", "tree_sizes",
      ], flags: ["average_output"])
    let version = try fields.text("version")
    guard version == "v4" || version == "v3" else {
      throw fields.error("version", "\(version.prefix(40)) is not supported, only v3 and v4")
    }
    let limit = 1 << 24
    featureCount = try fields.integer("max_feature_idx", 0...limit) + 1
    let names = try fields.text("feature_names").split(separator: " ").count
    guard names == featureCount else {
      throw fields.error("feature_names", "\(names) names for \(featureCount) features")
    }
    let infos = try fields.text("feature_infos").split(separator: " ").count
    guard infos == featureCount else {
      throw fields.error("feature_infos", "\(infos) entries for \(featureCount) features")
    }
    let classCount = try fields.integer("num_class", 1...limit)
    outputCount = try fields.integer("num_tree_per_iteration", 1...limit)
    averagesOutput = fields.contains("average_output")
    objective = try ModelHeader.objective(fields, outputs: outputCount)
    switch objective {
    case .binary, .crossEntropy: task = .binary
    case .softmax, .oneVersusAll: task = outputCount == 2 ? .binary : .multiclass
    default: task = .value
    }
    guard classCount == outputCount else {
      throw fields.error("num_class", "\(classCount), but \(outputCount) trees an iteration")
    }
    let sizes = try fields.text("tree_sizes").split(separator: " ")
    treeSizes = try fields.integers("tree_sizes", count: sizes.count, 1...(1 << 40))
    treeSizesLine = fields.line(of: "tree_sizes")
    guard treeSizes.count % outputCount == 0, !treeSizes.isEmpty else {
      throw fields.error(
        "tree_sizes", "\(treeSizes.count) trees are not whole iterations of \(outputCount)")
    }
  }

  /// Looks into the parameters behind the trees, when the file has them, for what a lost line of the
  /// header would have said: without an objective or `average_output` a model still scores, but
  /// otherwise.
  func check(against lines: inout ModelLines) throws(HeadError) {
    while let line = try lines.next() {
      if line.hasPrefix("[objective: "), objective == .none {
        let name = line.dropFirst(12).prefix { $0 != "]" }
        guard name == "custom" || name == "none" else {
          throw lines.error("trained for the objective \(name), which the header does not have")
        }
      }
      if line == "[boosting: rf]", !averagesOutput {
        throw lines.error("a random forest without average_output in the header")
      }
    }
  }

  private static func objective(
    _ fields: ModelFields, outputs: Int
  ) throws(HeadError) -> TreeEnsemble.Objective {
    guard fields.contains("objective") else { return .none }
    let words = try fields.text("objective").split(separator: " ")
    guard let name = words.first.map(String.init) else {
      throw fields.error("objective", "empty")
    }
    var parameters: [Substring: Substring] = [:]
    var flags: Set<Substring> = []
    for word in words.dropFirst() {
      if let colon = word.firstIndex(of: ":") {
        parameters[word[..<colon]] = word[word.index(after: colon)...]
      } else {
        flags.insert(word)
      }
    }
    func sigmoid() throws(HeadError) -> Double {
      guard let value = parameters["sigmoid"].flatMap({ Double($0) }), value > 0, value.isFinite
      else { throw fields.error("objective", "no positive sigmoid") }
      return value
    }
    func requireOutputs(_ count: Int) throws(HeadError) {
      guard outputs == count else {
        throw fields.error("objective", "\(name) has not \(outputs) trees an iteration")
      }
    }
    switch name {
    case "binary":
      try requireOutputs(1)
      return .binary(sigmoid: try sigmoid())
    case "cross_entropy":
      try requireOutputs(1)
      return .crossEntropy
    case "cross_entropy_lambda":
      try requireOutputs(1)
      return .crossEntropyLambda
    case "multiclass", "multiclassova":
      guard let count = parameters["num_class"].flatMap({ Int($0) }), count > 1 else {
        throw fields.error("objective", "no num_class of 2 or more")
      }
      try requireOutputs(count)
      return name == "multiclass" ? .softmax : .oneVersusAll(sigmoid: try sigmoid())
    case "regression", "regression_l1", "fair", "quantile", "mape":
      try requireOutputs(1)
      return flags.contains("sqrt") ? .signedSquare(name) : .identity(name)
    case "huber", "lambdarank", "rank_xendcg":
      try requireOutputs(1)
      return .identity(name)
    case "poisson", "gamma", "tweedie":
      try requireOutputs(1)
      return .exponential(name)
    case "custom": return .none
    default: throw fields.error("objective", "\"\(name.prefix(40))\" is not supported")
    }
  }
}
