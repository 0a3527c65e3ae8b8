import ArgumentParser

/// The number of tokens that a model reads at a time.
struct LengthOptions: ParsableArguments {
  @Option(
    help: """
      The largest number of tokens that the model reads at a time, where that is fewer than the \
      model and the bundle allow.
      """)
  var maximumTokens: Int?

  func validate() throws {
    if let maximumTokens, maximumTokens < 3 {
      throw ValidationError("--maximum-tokens takes a number of at least 3")
    }
  }
}
