#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Where a model is that somebody names: a folder, or a Hugging Face name in the local cache.
public enum ModelLocation {
  /// The folder that `text` names.
  ///
  /// A folder that is there wins; else a text of the shape `owner/model`, with `@revision` behind it
  /// if wanted, is looked up in the cache.
  ///
  /// - Throws: `notInCache`, whose message has the command that brings the model, or `unreadable`.
  public static func folder(named text: String, cache: HubCache = HubCache())
    throws(ModerationError) -> URL
  {
    let folder = URL(filePath: text, directoryHint: .isDirectory)
    if ModelFiles.isFolder(folder) { return folder }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let isPath = text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~")
    guard !isPath, name.contains("/"), HubCache.isName(name) else {
      throw .unreadable(file: text, reason: "no such folder")
    }
    return try cache.snapshot(of: name, revision: parts.count > 1 ? String(parts[1]) : "main")
  }
}

extension ModerationBundle {
  /// The folder of the bundle's model: `path` if it is there, else `name` from the cache.
  public func modelFolder(in bundleFolder: URL, cache: HubCache = HubCache())
    throws(ModerationError) -> URL
  {
    if let path = model.path {
      let folder = path == "." ? bundleFolder : bundleFolder.appending(path: path)
      if ModelFiles.isFolder(folder) { return folder }
      guard model.name != nil else {
        throw .unreadable(
          file: folder.path, reason: "no such folder, and the model has no \"name\"")
      }
    }
    return try cache.snapshot(of: model.name ?? "", revision: model.revision)
  }
}
