public import ArgumentParser
import Moderation
import Platform
public import Tensor

extension Precision: ExpressibleByArgument {}
extension InstructionSet: ExpressibleByArgument {}

/// The model of a command, and how it runs.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      The model: a folder, or a Hugging Face name, which is looked up in the local cache. Without \
      it, the default moderator.
      """)
  var model: String?

  @Option(
    help: """
      The arithmetic of the model, float32 or int8; by default the first that the bundle allows, \
      or float32 where there is no bundle.
      """)
  var precision: Precision?

  @Option(
    help: """
      A LoRA adapter to merge into the weights: a folder, or the name of one in the model's folder \
      "adapters".
      """)
  var adapter: String?

  @OptionGroup var threads: ThreadOptions

  /// The bundle or model that `--model` names.
  func source() throws -> ModelSource {
    guard let model else { return try ModelSource(contentsOf: Moderator.defaultFolder) }
    return try ModelSource(named: model)
  }
}

extension ModelSource {
  /// The folder of the model, for commands that need a transformer.
  func transformer() throws -> URL {
    if let bundle, bundle.model.kind == .characterWord {
      throw CommandError.usage(
        "\(bundle.name) reads characters and words; name a transformer with --model")
    }
    try requirePinned()
    return model
  }
}
