extension Moderator {
  /// Judges a comment and all its replies in one batch.
  ///
  /// - Throws: the error of the first message that cannot be judged.
  public func moderate(_ tree: MessageTree) throws(ModerationError) -> VerdictTree {
    try moderateEach([tree])[0].get()
  }

  /// Judges trees in one batch: one tree of verdicts each, in order.
  ///
  /// - Throws: the error of the first message that cannot be judged.
  public func moderate(_ trees: [MessageTree]) throws(ModerationError) -> [VerdictTree] {
    var verdicts: [VerdictTree] = []
    for result in moderateEach(trees) { verdicts.append(try result.get()) }
    return verdicts
  }

  /// Judges trees in one batch: one result each, in order. A tree with a message that cannot be
  /// judged has the error of the first such message; the other trees have their verdicts.
  public func moderateEach(_ trees: [MessageTree]) -> [Result<VerdictTree, ModerationError>] {
    var results = moderateEach(trees.flatMap { $0.nodes.map(\.message) })[...]
    return trees.map { tree in
      let own = results.prefix(tree.nodes.count)
      results = results.dropFirst(tree.nodes.count)
      return Result { () throws(ModerationError) in
        var nodes: [VerdictTree.Node] = []
        nodes.reserveCapacity(tree.nodes.count)
        for (node, verdict) in zip(tree.nodes, own) {
          nodes.append(.init(verdict: try verdict.get(), id: node.id, depth: node.depth))
        }
        return VerdictTree(nodes: nodes)
      }
    }
  }
}
