/// Collects the trees of a model file.
struct TreeBuilder {
  private(set) var trees: [TreeEnsemble.Tree] = []
  private(set) var nodes: [TreeEnsemble.Node] = []
  private(set) var leaves: [Double] = []
  private(set) var categories: [UInt32] = []
  private(set) var linear = TreeEnsemble.LinearLeaves()
  private let header: ModelHeader
  private let file: String

  private static let keys: Set<String> = [
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type",
    "left_child", "right_child", "leaf_value", "leaf_weight", "leaf_count", "internal_value",
    "internal_weight", "internal_count", "cat_boundaries", "cat_threshold", "is_linear",
    "leaf_const", "num_features", "leaf_features", "leaf_coeff", "shrinkage",
  ]

  init(header: ModelHeader, file: String) {
    self.header = header
    self.file = file
  }

  /// Reads one tree: `Tree=3`, its fields, and an empty line.
  mutating func addTree(_ index: Int, _ lines: inout ModelLines) throws(HeadError) {
    try lines.expect("Tree=\(index)")
    let fields = try ModelFields(&lines, keys: Self.keys)

    let leafCount = try fields.integer("num_leaves", 1...(1 << 24))
    let splitCount = leafCount - 1
    let firstLeaf = leaves.count
    guard Int32(exactly: firstLeaf + leafCount) != nil else {
      throw fields.error("num_leaves", "too many leaves")
    }
    leaves += try fields.numbers("leaf_value", count: leafCount)
    let isLinear =
      try fields.contains("is_linear") ? fields.integer("is_linear", 0...1) == 1 : false
    let categoryCount = try fields.integer("num_cat", 0...splitCount)
    let isPlain =
      splitCount == 0 ? true : try addNodes(fields, splitCount, firstLeaf, categoryCount)
    if isLinear {
      try addLinearLeaves(fields, leafCount, firstLeaf)
    }
    let root = splitCount == 0 ? ~firstLeaf : nodes.count - splitCount
    trees.append(
      TreeEnsemble.Tree(
        root: Int32(truncatingIfNeeded: root), isPlain: isPlain && !isLinear, isLinear: isLinear))
  }

  /// Adds the splits; returns whether all are plain comparisons.
  private mutating func addNodes(
    _ fields: ModelFields, _ count: Int, _ firstLeaf: Int, _ categoryCount: Int
  ) throws(HeadError) -> Bool {
    let features = try fields.integers(
      "split_feature", count: count, 0...(header.featureCount - 1))
    let thresholds = try fields.numbers("threshold", count: count)
    // Without types, as in LightGBM: numbers, of which missing ones count as zero.
    let types =
      try fields.contains("decision_type")
      ? fields.integers("decision_type", count: count, 0...11) : [Int](repeating: 0, count: count)
    // At least −1 − leaf, at most the last split.
    let range = (-count - 1)...max(count - 1, 0)
    let left = try fields.integers("left_child", count: count, range)
    let right = try fields.integers("right_child", count: count, range)
    try checkShape(fields, left, right)
    let words = try categoryWords(fields, categoryCount)

    let firstNode = nodes.count
    func index(_ child: Int) -> Int32 {
      Int32(truncatingIfNeeded: child >= 0 ? firstNode + child : ~(firstLeaf + ~child))
    }
    var isPlain = true
    for split in 0..<count {
      let isCategorical = types[split] & 1 == 1
      let defaultLeft = types[split] & 2 != 0
      let missing = types[split] >> 2
      let threshold = thresholds[split]
      var node = TreeEnsemble.Node(
        threshold: threshold, feature: Int32(truncatingIfNeeded: features[split]),
        left: index(left[split]), right: index(right[split]), flags: [])
      if isCategorical {
        guard let set = Int(exactly: threshold), words.indices.contains(set) else {
          throw fields.error("threshold", "\(threshold) is not one of \(words.count) sets")
        }
        node.flags = .categorical
        node.firstWord = Int32(truncatingIfNeeded: words[set].lowerBound)
        node.wordCount = Int32(truncatingIfNeeded: words[set].count)
        isPlain = false
      } else {
        guard !threshold.isNaN else { throw fields.error("threshold", "NaN") }
        // Missing type 0: NaN counts as zero. 1: NaN and zero take the default way. 2: NaN does.
        let zeroLeft = missing == 1 ? defaultLeft : 0 <= threshold
        if zeroLeft { node.flags.insert(.zeroLeft) }
        if missing == 0 ? zeroLeft : defaultLeft { node.flags.insert(.missingLeft) }
        if zeroLeft != (0 <= threshold) { isPlain = false }
      }
      nodes.append(node)
    }
    return isPlain
  }

  /// LightGBM numbers a split when it makes it, so a child has a higher number than its parent; each
  /// split but the first and each leaf has one parent. So every walk ends at a leaf.
  private func checkShape(
    _ fields: ModelFields, _ left: [Int], _ right: [Int]
  ) throws(HeadError) {
    var hasParent = [Bool](repeating: false, count: left.count)
    var isReached = [Bool](repeating: false, count: left.count + 1)
    for (key, children) in [("left_child", left), ("right_child", right)] {
      for (split, child) in children.enumerated() {
        if child >= 0 {
          guard child > split, !hasParent[child] else {
            throw fields.error(key, "split \(split) cannot lead to split \(child)")
          }
          hasParent[child] = true
        } else {
          guard !isReached[~child] else {
            throw fields.error(key, "two splits lead to leaf \(~child)")
          }
          isReached[~child] = true
        }
      }
    }
  }

  /// Appends the bit sets; returns where each one's words are.
  private mutating func categoryWords(
    _ fields: ModelFields, _ count: Int
  ) throws(HeadError) -> [Range<Int>] {
    guard count > 0 else { return [] }
    let bounds = try fields.integers("cat_boundaries", count: count + 1, 0...(1 << 26))
    guard bounds[0] == 0, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw fields.error("cat_boundaries", "the bounds do not rise from 0")
    }
    let words = try fields.integers("cat_threshold", count: bounds[count], 0...Int(UInt32.max))
    let first = categories.count
    guard Int32(exactly: first + words.count) != nil else {
      throw fields.error("cat_threshold", "too many categories")
    }
    categories += words.map { UInt32(truncatingIfNeeded: $0) }
    return (0..<count).map { first + bounds[$0]..<first + bounds[$0 + 1] }
  }

  private mutating func addLinearLeaves(
    _ fields: ModelFields, _ leafCount: Int, _ firstLeaf: Int
  ) throws(HeadError) {
    let constants = try fields.numbers("leaf_const", count: leafCount)
    let counts = try fields.integers("num_features", count: leafCount, 0...header.featureCount)
    let total = counts.reduce(0, +)
    let features = try fields.integers(
      "leaf_features", count: total, 0...(header.featureCount - 1))
    // Leaves of trees before this one that were not linear.
    let missing = firstLeaf - linear.constants.count
    linear.constants += [Double](repeating: 0, count: missing)
    linear.ends += [Int](repeating: linear.features.count, count: missing)
    linear.constants += constants
    for count in counts { linear.ends.append((linear.ends.last ?? 0) + count) }
    linear.features += features.map { Int32(truncatingIfNeeded: $0) }
    linear.coefficients += try fields.numbers("leaf_coeff", count: total)
  }
}
