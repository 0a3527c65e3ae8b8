import JSON

/// The part of a model file before the first tree. `version`, `num_tree_per_iteration`, `objective`
/// and `tree_sizes` may be missing, as in LightGBM's own reader.
struct ModelHeader {
  let featureCount: Int
  let outputCount: Int
  let averagesOutput: Bool
  let objective: TreeEnsemble.Objective
  let task: Head.Task
  /// Bytes of each tree's text; nil where the file does not say.
  let treeSizes: [Int]?
  let treeSizesLine: Int
  private let file: String

  init(_ lines: inout ModelLines) throws(HeadError) {
    file = lines.file
    if let content = FileContent.misplaced(lines.bytes) {
      throw .invalidModel(
        file: file, line: 1, reason: "expected a LightGBM model, found \(content)")
    }
    let name = try lines.require("\"tree\"")
    guard lines.text(name) == "tree" else {
      throw lines.error("not a LightGBM model: it should begin with \"tree\"")
    }
    let fields = try ModelFields(
      &lines,
      keys: [
        "version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx",
        "objective", "feature_names", "monotone_constraints", "feature_infos", "tree_sizes",
      ], flags: ["average_output"], end: "Tree=")
    if fields.contains("version") {
      let version = try fields.text("version")
      guard ["v2", "v3", "v4"].contains(version) else {
        throw fields.error("version", "\(version.prefix(40)) is not supported, only v2 to v4")
      }
    }
    let limit = 1 << 24
    featureCount = try fields.integer("max_feature_idx", 0...limit - 1) + 1
    let names = try fields.words("feature_names").count
    guard names == featureCount else {
      throw fields.error("feature_names", "\(names) names for \(featureCount) features")
    }
    let infos = try fields.words("feature_infos").count
    guard infos == featureCount else {
      throw fields.error("feature_infos", "\(infos) entries for \(featureCount) features")
    }
    let classCount = try fields.integer("num_class", 1...limit)
    outputCount =
      try fields.contains("num_tree_per_iteration")
      ? fields.integer("num_tree_per_iteration", 1...limit) : classCount
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
    treeSizesLine = fields.line(of: "tree_sizes")
    if fields.contains("tree_sizes") {
      let count = try fields.words("tree_sizes").count
      treeSizes = try fields.integers("tree_sizes", count: count, 1...(1 << 40))
      try requireIterations(count)
    } else {
      treeSizes = nil
    }
    // LightGBM requires the field, which no prediction depends on.
    _ = try fields.text("label_index")
  }

  /// Throws an error unless so many trees are whole iterations.
  func requireIterations(_ count: Int) throws(HeadError) {
    guard count > 0, count % outputCount == 0 else {
      throw .invalidModel(
        file: file, line: treeSizesLine,
        reason: "tree_sizes: \(count) trees are not whole iterations of \(outputCount)")
    }
  }

  /// Compares the header with the parameters that LightGBM writes behind the trees. A model whose
  /// header lost the line of the objective, or `average_output`, would still score, but other values.
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

  /// Names of objectives that LightGBM takes for others, and that its older versions wrote.
  private static let aliases = [
    "regression_l2": "regression", "mean_squared_error": "regression", "mse": "regression",
    "l2": "regression", "l2_root": "regression", "root_mean_squared_error": "regression",
    "rmse": "regression", "mean_absolute_error": "regression_l1", "l1": "regression_l1",
    "mae": "regression_l1", "xentropy": "cross_entropy", "xentlambda": "cross_entropy_lambda",
    "mean_absolute_percentage_error": "mape", "xendcg": "rank_xendcg", "xe_ndcg": "rank_xendcg",
    "xe_ndcg_mart": "rank_xendcg", "xendcg_mart": "rank_xendcg", "none": "custom",
    "null": "custom", "na": "custom",
  ]

  private static func objective(
    _ fields: ModelFields, outputs: Int
  ) throws(HeadError) -> TreeEnsemble.Objective {
    guard fields.contains("objective") else { return .none }
    let words = try fields.text("objective").split(separator: " ")
    guard var name = words.first.map(String.init) else {
      throw fields.error("objective", "empty")
    }
    if words.count == 1 { name = aliases[name] ?? name }
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
