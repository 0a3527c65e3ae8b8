import ArgumentParser
import Moderation
import Platform

/// `moderate digest` writes down which files a bundle relies on.
struct Digest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the SHA-256 of a bundle's files into its moderation.json.",
    discussion: """
      `moderate inspect --verify` compares the files with these digests. With --pin, every load \
      compares the model's files too, and refuses others: a second for each gigabyte or so.
      """)

  @Option(help: "The bundle: a folder with a moderation.json.")
  var model: String

  @Flag(help: "Refuse other files of the model whenever the bundle is loaded.")
  var pin = false

  func run() throws {
    let source = try ModelSource(named: model)
    let bundle = try source.withDigests(isPinned: pin)
    try FileOutput.write(
      bundle.encoded(), to: source.folder.appending(path: ModerationBundle.fileName).path)
    complain("\(bundle.files.count + bundle.model.files.count) files have a digest")
  }
}
