import ArgumentParser
import FoundationEssentials
import Moderation
import ModerationEvaluation

/// Which models are judged, and in which precisions.
struct EvaluatedModels: ParsableArguments {
  @Option(
    help: """
      A folder, or a Hugging Face name looked up in the local cache. Repeatable; the first is the \
      one the others are compared with. Without it, the default moderator.
      """)
  var model: [String] = []

  @Option(help: "float32, bfloat16 or int8. Repeatable: each model is judged in each.")
  var precision: [ModelReference.Precision] = []

  @Option(help: "Threads to compute on; by default one for each core.")
  var threads: Int?

  @Option(help: "Context of messages that have none, such as adult,message.")
  var context: String?

  @Flag(help: "Read long texts in overlapping windows, even where the bundle truncates.")
  var windows = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
  }

  var contextValues: [String] { context.map(MessageTree.contextValues) ?? [] }

  /// One model in one precision.
  struct Candidate {
    let folder: URL
    let precision: ModelReference.Precision?
    let options: Moderator.Options

    func load() throws -> Moderator { try Moderator(contentsOf: folder, options: options) }
  }

  func candidates() throws -> [Candidate] {
    let folders =
      model.isEmpty
      ? [try Moderator.defaultFolder] : try model.map { try ModelLocation.folder(named: $0) }
    let precisions: [ModelReference.Precision?] = precision.isEmpty ? [nil] : precision
    return folders.flatMap { folder in
      precisions.map { precision in
        Candidate(
          folder: folder, precision: precision,
          options: Moderator.Options(
            precision: precision, threads: threads, usesWindows: windows))
      }
    }
  }
}
