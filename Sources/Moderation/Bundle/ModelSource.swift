import JSON
public import Platform
import Transformer

/// A folder that somebody names as a model: a bundle with its model, or a model alone.
public enum ModelSource: Sendable, Equatable {
  /// A folder with a `moderation.json`, and the folder of the bundle's model.
  case bundle(ModerationBundle, folder: URL, model: URL)
  /// A folder without one.
  case model(URL)

  /// Reads the `moderation.json` of a folder, where there is one, and finds its model.
  ///
  /// - Throws: ``ModerationError``, for a bundle that cannot be read or whose model is not there.
  public init(contentsOf folder: URL, cache: HubCache = HubCache()) throws(ModerationError) {
    guard FileContent.exists(folder.appending(path: ModerationBundle.fileName)) else {
      self = .model(folder)
      return
    }
    let bundle = try ModerationBundle(contentsOf: folder)
    self = .bundle(
      bundle, folder: folder, model: try bundle.modelFolder(in: folder, cache: cache))
  }

  /// Finds the folder that `text` names.
  ///
  /// A folder that is there wins; else a text of the shape `owner/model`, with `@revision` behind it
  /// if wanted, is looked up in the cache.
  ///
  /// - Throws: `notInCache`, whose message has the command that brings the model, or `unreadable`.
  public init(named text: String, cache: HubCache = HubCache()) throws(ModerationError) {
    try self.init(contentsOf: try Self.folder(named: text, cache: cache), cache: cache)
  }

  private static func folder(named text: String, cache: HubCache) throws(ModerationError) -> URL {
    let folder = URL(filePath: text, directoryHint: .isDirectory)
    if FileSystem.isFolder(folder) { return folder }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let isPath = text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~")
    guard !isPath, name.contains("/"), HubCache.isName(name) else {
      throw .unreadable(file: text, reason: "no such folder")
    }
    return try cache.snapshot(of: name, revision: parts.count > 1 ? String(parts[1]) : "main")
  }

  /// The bundle, where the folder has one.
  public var bundle: ModerationBundle? {
    switch self {
    case .bundle(let bundle, folder: _, model: _): bundle
    case .model: nil
    }
  }

  /// The folder that was named.
  public var folder: URL {
    switch self {
    case .bundle(_, let folder, model: _), .model(let folder): folder
    }
  }

  /// The folder of the model's own files.
  public var model: URL {
    switch self {
    case .bundle(_, folder: _, let model), .model(let model): model
    }
  }

  /// The bundle to moderate by: the folder's own, or one made from a sequence classifier's labels.
  ///
  /// - Throws: `notAModel` for a folder that has neither.
  public func moderatorBundle() throws(ModerationError) -> ModerationBundle {
    if let bundle { return bundle }
    guard FileContent.exists(model.appending(path: "config.json")) else {
      throw .notAModel(folder: model.path)
    }
    let labels: [String]?
    do {
      let description = try ModelDescription(contentsOf: model)
      try description.requireNoGeneration()
      labels = description.labels
    } catch {
      throw .transformer(error)
    }
    guard let labels else { throw .notAModel(folder: model.path) }
    return ModerationBundle(
      name: model.lastPathComponent, model: ModelReference(kind: .classifier, path: "."),
      labels: labels.map { LabelDefinition(name: $0) })
  }
}

extension ModerationBundle {
  /// The folder of the bundle's model: `path` if it is there, else `name` from the cache.
  func modelFolder(in bundleFolder: URL, cache: HubCache = HubCache()) throws(ModerationError)
    -> URL
  {
    if let path = model.path {
      let folder = path == "." ? bundleFolder : bundleFolder.appending(path: path)
      if FileSystem.isFolder(folder) { return folder }
      guard model.name != nil else {
        throw .unreadable(
          file: folder.path, reason: "no such folder, and the model has no \"name\"")
      }
    }
    return try cache.snapshot(of: model.name ?? "", revision: model.revision)
  }
}
