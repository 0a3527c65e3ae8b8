import FoundationEssentials
import Moderation

/// Where a command finds the transformer that `--model` means: the folder itself, or the model of
/// the bundle in it.
struct TransformerFolder {
  let url: URL
  /// The bundle, where there is one.
  let bundle: ModerationBundle?

  init(_ options: ModelOptions) throws {
    let folder = try options.folder()
    let hasBundle = FileManager.default.fileExists(
      atPath: folder.appending(path: ModerationBundle.fileName).path)
    guard hasBundle else {
      (url, bundle) = (folder, nil)
      return
    }
    let bundle = try ModerationBundle(contentsOf: folder)
    guard bundle.model.kind != .characterWord else {
      throw CommandError.usage(
        "\(bundle.name) reads characters and words; name a transformer with --model")
    }
    self.bundle = bundle
    url = try bundle.modelFolder(in: folder)
  }
}
