/// The treatment of a text that has more tokens than the model takes.
public enum LongTextPolicy: Sendable, Hashable {
  /// The first tokens are scored and the verdict says that there were more.
  case truncate
  /// Overlapping windows are scored and each score is combined over them.
  ///
  /// - overlap: Tokens that a window shares with its neighbour; nil is a quarter of its content.
  case windows(overlap: Int?, combine: Combination)

  /// The most windows that one text is read in. The rest of a longer text is left out, and its
  /// verdict says so: a single message must not occupy the machine for hours.
  public static let maximumWindows = 1000

  public enum Combination: String, Sendable, Hashable, CaseIterable {
    case max, mean
  }
}
