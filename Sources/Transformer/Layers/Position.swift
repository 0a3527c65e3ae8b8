internal import Tensor

/// How the places of two tokens enter into their attention score.
enum Position: Sendable {
  /// Not at all: they are in the embeddings.
  case none
  /// Queries and keys are rotated by their places.
  case rotary(Rotary)
  /// A bias for each distance is added to the score.
  case bias(DistanceBias)
  /// Scores between content and distance are added, as in DeBERTa.
  case disentangled(DisentangledScores)

  /// Floats that ``add(to:scratch:_:)`` needs for a message.
  func scratchSize(tokens: Int) -> Int {
    if case .disentangled(let scores) = self { return scores.scratchSize(tokens: tokens) }
    return 0
  }

  /// Adds what the distances say to scores that are scaled already.
  func add(to block: ScoreBlock, scratch: Matrix, _ kernels: Kernels) {
    switch self {
    case .none, .rotary: break
    case .bias(let bias): bias.add(to: block, kernels)
    case .disentangled(let scores): scores.add(to: block, scratch: scratch, kernels)
    }
  }
}

/// The attention scores of one head between some queries and keys of a message, and the vectors that
/// they come from.
struct ScoreBlock {
  let head: Int
  /// The places of the queries, counted from the first key.
  let places: Range<Int>
  /// `[queries, head size]`
  let queries: Matrix
  /// `[keys, head size]`
  let keys: Matrix
  /// `[queries, keys]`
  let scores: Matrix
}
