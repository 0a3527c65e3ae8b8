extension TreeEnsemble: HeadModel {
  var classCount: Int { task == .binary ? 2 : outputCount }

  /// LightGBM's wrapper for scikit-learn gives two margins where two classes have a tree each, which
  /// nothing in scikit-learn can use.
  var responses: Set<Response> {
    task == .value || (task == .binary && outputCount == 2)
      ? [.probabilities] : [.margins, .probabilities]
  }

  func scores(of rows: Rows) throws(HeadError) -> RowScores {
    let margins = sums(rows)
    var outputs = margins
    if averagesOutput {
      let iterations = Double(trees.count / outputCount)
      for index in outputs.indices { outputs[index] /= iterations }
    }
    objective.convert(&outputs, outputs: outputCount)
    switch task {
    case .value, .multilabel:
      let none = [Bool](repeating: false, count: outputs.count)
      return RowScores(probabilities: outputs, decisions: none)
    case .binary, .multiclass:
      let probabilities = outputCount == 1 ? outputs.withComplements() : outputs
      return RowScores(
        probabilities: probabilities, margins: margins,
        decisions: DecisionRule.highest.decisions(probabilities, columns: classCount))
    }
  }

  /// The sums of the trees: [rows, outputs]. The rows of the block are scored tree by tree, so a
  /// tree is read once for all of them.
  func sums(_ rows: Rows) -> [Double] {
    var values = rows.values
    var hasMissing = false
    for index in values.indices {
      if values[index].isNaN { hasMissing = true }
      // As LightGBM fills its row buffer.
      if abs(values[index]) <= Self.zeroThreshold { values[index] = 0 }
    }
    var sums = [Double](repeating: 0, count: rows.count * outputCount)
    for (index, tree) in trees.enumerated() {
      let output = index % outputCount
      if tree.isPlain && !hasMissing {
        addPlain(tree, values.span, rows, output, &sums)
      } else {
        add(tree, values.span, rows, output, &sums)
      }
    }
    return sums
  }

  /// Four rows at once: each step of a row waits for the one before it, the rows do not wait for
  /// each other.
  private func addPlain(
    _ tree: Tree, _ values: Span<Double>, _ rows: Rows, _ output: Int, _ sums: inout [Double]
  ) {
    let nodes = nodes.span
    let width = rows.width
    var row = 0
    while row + 4 <= rows.count {
      let start = row * width
      var (first, second, third, fourth) = (tree.root, tree.root, tree.root, tree.root)
      while first & second & third & fourth >= 0 {
        first = step(nodes, values, start, first)
        second = step(nodes, values, start + width, second)
        third = step(nodes, values, start + 2 * width, third)
        fourth = step(nodes, values, start + 3 * width, fourth)
      }
      for (offset, node) in [first, second, third, fourth].enumerated() {
        sums[(row + offset) * outputCount + output] += leaves[Int(~node)]
      }
      row += 4
    }
    while row < rows.count {
      var node = tree.root
      while node >= 0 { node = step(nodes, values, row * width, node) }
      sums[row * outputCount + output] += leaves[Int(~node)]
      row += 1
    }
  }

  /// The next node of a plain comparison; a leaf stays.
  @inline(__always)
  private func step(
    _ nodes: Span<Node>, _ values: Span<Double>, _ start: Int, _ index: Int32
  ) -> Int32 {
    let node = nodes[Int(max(index, 0))]
    let next = values[start + Int(node.feature)] <= node.threshold ? node.left : node.right
    return index < 0 ? index : next
  }

  private func add(
    _ tree: Tree, _ values: Span<Double>, _ rows: Rows, _ output: Int, _ sums: inout [Double]
  ) {
    for row in 0..<rows.count {
      let start = row * rows.width
      var index = tree.root
      while index >= 0 {
        let node = nodes[Int(index)]
        let goesLeft = goesLeft(node, values[start + Int(node.feature)])
        index = goesLeft ? node.left : node.right
      }
      let leaf = Int(~index)
      sums[row * outputCount + output] +=
        tree.isLinear ? linearValue(leaf, values, start) : leaves[leaf]
    }
  }

  @inline(__always)
  private func goesLeft(_ node: Node, _ value: Double) -> Bool {
    if node.flags.contains(.categorical) { return isLeftCategory(node, value) }
    if value.isNaN { return node.flags.contains(.missingLeft) }
    if value == 0 { return node.flags.contains(.zeroLeft) }
    return value <= node.threshold
  }

  /// A value counts as the category that is its integer part. NaN, negative numbers, numbers beyond
  /// 31 bits and categories that training did not see go right.
  private func isLeftCategory(_ node: Node, _ value: Double) -> Bool {
    guard value > -1, value < 2_147_483_648 else { return false }
    let category = Int(value)
    let word = category / 32
    guard word < Int(node.wordCount) else { return false }
    return categories[Int(node.firstWord) + word] >> UInt32(category % 32) & 1 == 1
  }

  private func linearValue(_ leaf: Int, _ values: Span<Double>, _ start: Int) -> Double {
    var sum = linear.constants[leaf]
    for term in (leaf == 0 ? 0 : linear.ends[leaf - 1])..<linear.ends[leaf] {
      let value = values[start + Int(linear.features[term])]
      if value.isNaN { return leaves[leaf] }
      sum += linear.coefficients[term] * value
    }
    return sum
  }
}
