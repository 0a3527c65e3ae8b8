#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Moderator {
  /// Loads a folder: a bundle, or a Hugging Face sequence classifier as it stands.
  public init(contentsOf folder: URL, options: Options = Options()) throws(ModerationError) {
    throw .notAModel(folder: folder.path)
  }

  /// Loads a folder by its path, or a Hugging Face name from the local cache.
  public init(named name: String, options: Options = Options()) throws(ModerationError) {
    try self.init(contentsOf: try ModelLocation.folder(named: name), options: options)
  }
}
