public import ArgumentParser
import FoundationEssentials
public import Moderation
import Tensor

extension ModelReference.Precision: ExpressibleByArgument {}

/// How a model runs. Every command that runs one takes these.
struct RunOptions: ParsableArguments {
  @Option(help: "float32, bfloat16 or int8; by default what the bundle says, else float32.")
  var precision: ModelReference.Precision?

  @Option(help: "Threads to compute on; by default one for each core.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
  }
}

extension RunOptions {
  /// For commands that run an encoder without its bundle; nil: as its weights are.
  var layerPrecision: Precision? {
    get throws {
      guard let precision else { return nil }
      guard let known = precision.layers else {
        throw CommandError.usage("an encoder runs in float32 or int8")
      }
      return known
    }
  }
}

/// Which model, and how it runs.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      A folder, or a Hugging Face name looked up in the local cache. Without it, the default \
      moderator.
      """)
  var model: String?

  @OptionGroup var run: RunOptions

  /// The folder that `--model` names.
  func folder() throws -> URL {
    guard let model else { return try Moderator.defaultFolder }
    return try ModelLocation.folder(named: model)
  }
}

/// A moderator, and the context it judges in.
struct ModeratorOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions

  @Option(help: "Context for models trained with prefixes, such as adult,message.")
  var context: String?

  @Flag(
    name: .long,
    help: """
      Read long texts in overlapping windows, even where the bundle truncates. The highest score \
      counts unless the bundle says mean.
      """)
  var windows = false

  @Option(help: "Tokens of one pass, when fewer than the model takes.")
  var maximumTokens: Int?

  func validate() throws {
    if let maximumTokens, maximumTokens < 3 {
      throw ValidationError("--maximum-tokens takes a number of at least 3")
    }
  }

  var contextValues: [String] { context.map(MessageTree.contextValues) ?? [] }

  func moderator() throws -> Moderator {
    var options = Moderator.Options()
    options.precision = model.run.precision
    options.threads = model.run.threads
    options.maximumTokens = maximumTokens
    options.usesWindows = windows
    return try Moderator(contentsOf: try model.folder(), options: options)
  }

  /// The message with the command line's context, where it has none of its own, checked.
  func message(_ message: Message, for moderator: Moderator) throws(RecordProblem) -> Message {
    var message = message
    if message.context.isEmpty { message.context = contextValues }
    do {
      _ = try moderator.modelText(of: message)
    } catch {
      throw RecordProblem(error.description)
    }
    return message
  }
}
