/// The syntax tree of a regular expression.
indirect enum ExpressionNode {
  case set(CharacterSet)
  case sequence([ExpressionNode])
  case choice([ExpressionNode])
  case repeated(ExpressionNode, minimum: Int, maximum: Int?, mode: RepeatMode)
  case atomic(ExpressionNode)
  case look(ExpressionNode, isNegative: Bool)
  case assertion(ExpressionAssertion)
}

extension ExpressionNode {
  /// Characters of the shortest match, or fewer.
  var minimumLength: Int {
    switch self {
    case .set: 1
    case .sequence(let nodes): nodes.reduce(0) { min(1 << 16, $0 + $1.minimumLength) }
    case .choice(let options): options.map(\.minimumLength).min() ?? 0
    case .repeated(let node, let minimum, maximum: _, mode: _):
      min(1 << 16, node.minimumLength * minimum)
    case .atomic(let node): node.minimumLength
    case .look, .assertion: 0
    }
  }
}

enum RepeatMode: Sendable {
  case greedy, lazy, possessive
}

enum ExpressionAssertion: Sendable {
  case lineStart, lineEnd, textStart, textEnd, wordBoundary, noWordBoundary
}
