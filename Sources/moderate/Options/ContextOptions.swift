import ArgumentParser
import Moderation

/// The context of messages that have none of their own.
struct ContextOptions: ParsableArguments {
  @Option(
    help: """
      The context of messages that have none of their own, for models trained with context \
      prefixes; for example adult,message.
      """)
  var context: String?

  var values: [String] { context.map(MessageTree.contextValues) ?? [] }
}
