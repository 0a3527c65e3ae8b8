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
    guard lines.text(name) == "tree" else {
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
    let names = try fields.words("feature_names").count
    guard names == featureCount else {
      throw fields.error("feature_names", "\(names) names for \(featureCount) features")
    }
    let infos = try fields.words("feature_infos").count
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
    let count = try fields.words("tree_sizes").count
    treeSizes = try fields.integers("tree_sizes", count: count, 1...(1 << 40))
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
    while let range = try lines.next() {
      let line = lines.text(range)
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
