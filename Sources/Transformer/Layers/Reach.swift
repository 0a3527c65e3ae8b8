internal import Tensor

/// Which tokens a token attends to, by their distance.
struct Reach: Sendable {
  /// Tokens before it; nil: all.
  let before: Int?
  /// Tokens after it; nil: all.
  let after: Int?

  /// The whole message.
  static let all = Reach(before: nil, after: nil)

  /// Itself and the tokens before it, as in decoders.
  static let causal = Reach(before: nil, after: 0)

  /// So many tokens to either side.
  static func window(_ count: Int) -> Reach { Reach(before: count, after: count) }

  /// Itself and so many tokens before it.
  static func causalWindow(_ count: Int) -> Reach { Reach(before: count, after: 0) }

  /// The keys that queries at some places look at, of `count`.
  func keys(of places: Range<Int>, count: Int) -> Range<Int> {
    let first = before.map { max(0, places.lowerBound - $0) } ?? 0
    let end = after.map { min(count, places.upperBound + $0) } ?? count
    return first..<end
  }

  /// Sets the scores of keys out of reach to −∞.
  func mask(_ block: ScoreBlock) {
    guard before != nil || after != nil else { return }
    let count = block.keys.rows
    for (row, place) in block.places.enumerated() {
      let scores = block.scores[rows: row..<row + 1]
      let keys = keys(of: place..<place + 1, count: count)
      scores[columns: 0..<keys.lowerBound].fill(-.infinity)
      scores[columns: keys.upperBound..<count].fill(-.infinity)
    }
  }
}
