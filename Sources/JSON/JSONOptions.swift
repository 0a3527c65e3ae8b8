/// How a JSON text is read. The default is RFC 8259 with nothing added.
public struct JSONOptions: Sendable, Equatable {
  /// The treatment of a surrogate escape (`\uD83D`) without its other half.
  ///
  /// UTF-8 cannot hold one. Python's `json` lets it through as a lone surrogate that no tokenizer
  /// accepts; Rust's `serde_json` rejects the file.
  public enum LoneSurrogates: Sendable, Equatable {
    /// An error. The default: a model file that has one is damaged.
    case reject
    /// U+FFFD takes its place: for texts that people wrote, where one broken emoji must not lose
    /// the message.
    case replace
  }

  /// Accepts the tokens `NaN`, `Infinity` and `-Infinity`, which Python's `json` writes.
  public var allowsNonFiniteNumbers: Bool
  public var loneSurrogates: LoneSurrogates
  /// How deep arrays and objects may be nested.
  public var maximumDepth: Int
  /// The most bytes of a value that is read as a tree, which takes up to thirty times its text in memory.
  public var maximumTreeBytes: Int

  public init(
    allowsNonFiniteNumbers: Bool = false, loneSurrogates: LoneSurrogates = .reject,
    maximumDepth: Int = 128, maximumTreeBytes: Int = 8 << 20
  ) {
    self.allowsNonFiniteNumbers = allowsNonFiniteNumbers
    self.loneSurrogates = loneSurrogates
    self.maximumDepth = max(1, maximumDepth)
    self.maximumTreeBytes = maximumTreeBytes
  }

  /// For files of a model: RFC 8259, everything doubtful is an error.
  public static let strict = JSONOptions()
  /// For lines of people's texts: lone surrogates become U+FFFD.
  public static let texts = JSONOptions(loneSurrogates: .replace)
}
