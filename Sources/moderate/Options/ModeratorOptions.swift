import ArgumentParser
import Moderation

/// A moderator, and how it judges.
struct ModeratorOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions
  @OptionGroup var context: ContextOptions
  @OptionGroup var longTexts: LongTextOptions
  @OptionGroup var length: LengthOptions

  func moderator() throws -> Moderator {
    try Moderator(
      try model.source(),
      options: Moderator.Options(
        precision: model.precision, adapter: model.adapter,
        processor: model.threads.processor(),
        maximumTokens: length.maximumTokens, usesWindows: longTexts.windows,
        defaultContext: context.values))
  }
}
