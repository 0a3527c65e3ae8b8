extension ScoredRows {
  package mutating func replaceScores(_ label: Int, _ transform: (Float) -> Float) {
    for row in scores[label].indices { scores[label][row] = transform(scores[label][row]) }
  }

  package mutating func adopt(_ other: ScoredRows, positions: [Int]) {
    scores = positions.map { other.scores[$0] }
    truths = positions.map { other.truths[$0] }
    valueIndices = other.valueIndices
    values = other.values
    count = other.count
  }
}
