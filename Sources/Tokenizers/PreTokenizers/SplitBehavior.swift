/// What becomes of the delimiters a text is split at.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  /// A stretch of the text that is a delimiter or lies between two.
  struct Stretch {
    var range: Range<Int>
    var isDelimiter: Bool
  }

  /// The pieces, of stretches that cover the text in order.
  func pieces(_ stretches: [Stretch]) -> [Range<Int>] {
    switch self {
    case .removed: return stretches.filter { !$0.isDelimiter }.map(\.range)
    case .isolated: return stretches.map(\.range)
    case .contiguous:
      return merge(stretches) { $0 == $1 }
    case .mergedWithPrevious:
      return merge(stretches) { isDelimiter, previous in isDelimiter && !previous }
    case .mergedWithNext:
      let backwards = merge(stretches.reversed()) { isDelimiter, previous in
        isDelimiter && !previous
      }
      return backwards.reversed()
    }
  }

  /// Joins a stretch to the piece before it where `joins(isDelimiter, wasDelimiter)`.
  private func merge(_ stretches: [Stretch], joins: (Bool, Bool) -> Bool) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var previous = false
    for stretch in stretches {
      if joins(stretch.isDelimiter, previous), let last = pieces.last {
        pieces[pieces.count - 1] =
          min(
            last.lowerBound, stretch.range.lowerBound)..<max(
            last.upperBound, stretch.range.upperBound)
      } else {
        pieces.append(stretch.range)
      }
      previous = stretch.isDelimiter
    }
    return pieces
  }
}
