import ArgumentParser
import Moderation
import Tensor

/// The models that are evaluated, and the precisions they run in.
struct EvaluationModelOptions: ParsableArguments {
  @Option(
    help: """
      A model to evaluate: a folder, or a Hugging Face name, which is looked up in the local cache. \
      Repeatable; the others are compared with the first. Without it, the default moderator.
      """)
  var model: [String] = []

  @Option(help: "float32 or int8. Repeatable: each model is evaluated in each precision.")
  var precision: [Precision] = []

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var context: ContextOptions
  @OptionGroup var longTexts: LongTextOptions

  /// One model in one precision.
  struct Candidate {
    let source: ModelSource
    let options: Moderator.Options

    func load() throws -> Moderator { try Moderator(source, options: options) }
  }

  func candidates() throws -> [Candidate] {
    let sources =
      model.isEmpty
      ? [try ModelSource(contentsOf: Moderator.defaultFolder)]
      : try model.map { try ModelSource(named: $0) }
    let precisions: [Precision?] = precision.isEmpty ? [nil] : precision
    let processor = threads.processor()
    return sources.flatMap { source in
      precisions.map { precision in
        Candidate(
          source: source,
          options: Moderator.Options(
            precision: precision, processor: processor, usesWindows: longTexts.windows,
            defaultContext: context.values))
      }
    }
  }
}
