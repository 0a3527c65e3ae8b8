/// A LightGBM model: trees whose leaves are summed for each class.
///
/// Follows LightGBM's `Booster.predict`: float64 throughout, `<=` at a threshold, trees added in
/// their order.
struct TreeEnsemble: Sendable {
  /// The outputs as a head's columns: two for a binary objective, else one for each output.
  let task: Head.Task
  let objective: Objective
  let inputSize: Int
  /// Trees of one iteration, that is, outputs.
  let outputCount: Int
  /// Random forest: the mean of the iterations instead of their sum.
  let averagesOutput: Bool
  /// Iteration by iteration, each with a tree for every output.
  let trees: [Tree]
  /// The nodes of all trees; a child is an index here or, if negative, `~` the index of a leaf.
  let nodes: [Node]
  /// The leaves of all trees.
  let leaves: [Double]
  /// Categorical splits: words of bit sets, one bit for each category that goes left.
  let categories: [UInt32]
  /// For the leaves of linear trees.
  let linear: LinearLeaves

  /// A split.
  struct Node: Sendable {
    /// Not used by categorical splits.
    var threshold: Double
    var feature: Int32
    var left: Int32
    var right: Int32
    /// Where the split's words are in `categories`.
    var firstWord: Int32 = 0
    var wordCount: Int32 = 0
    var flags: Flags
  }

  /// The kind of a split from `decision_type`, and where NaN and zero go.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let categorical = Flags(rawValue: 1)
    /// NaN goes left.
    static let missingLeft = Flags(rawValue: 2)
    /// Zero goes left.
    static let zeroLeft = Flags(rawValue: 4)
  }

  struct Tree: Sendable {
    /// A node, or `~` a leaf when the tree is a single leaf.
    let root: Int32
    /// Every split is a plain comparison for rows without NaN.
    let isPlain: Bool
    let isLinear: Bool
  }

  /// For each leaf: constant + Σ coefficient · feature; the plain value where a feature is NaN.
  struct LinearLeaves: Sendable {
    /// By leaf index; empty if no tree is linear.
    var constants: [Double] = []
    /// Where the terms of a leaf end; they start where those of the leaf before it end.
    var ends: [Int] = []
    var features: [Int32] = []
    var coefficients: [Double] = []
  }

  /// Values this small count as zero: LightGBM's `kZeroThreshold`, a float32 literal.
  static let zeroThreshold = Double(Float(1e-35))
}
