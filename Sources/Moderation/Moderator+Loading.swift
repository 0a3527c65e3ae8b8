import Transformer

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Moderator {
  /// Loads a folder: a bundle, or a Hugging Face sequence classifier as it stands.
  ///
  /// - Throws: ``ModerationError``, which names the file, key or label.
  public init(contentsOf folder: URL, options: Options = Options()) throws(ModerationError) {
    let bundle = try ModerationBundle(readingOrMaking: folder)
    let scorer = try ScorerLoader(bundle: bundle, folder: folder, options: options).scorer()
    try self.init(
      bundle: bundle, scorer: scorer, longTexts: options.usesWindows ? bundle.windows : nil)
  }

  /// Loads a folder by its path, or a Hugging Face name from the local cache.
  public init(named name: String, options: Options = Options()) throws(ModerationError) {
    try self.init(contentsOf: try ModelLocation.folder(named: name), options: options)
  }
}

extension ModerationBundle {
  /// The bundle of a folder: its `moderation.json`, or one made from a sequence classifier's
  /// `config.json`.
  public init(readingOrMaking folder: URL) throws(ModerationError) {
    if ModelFiles.exists(folder.appending(path: Self.fileName)) {
      try self.init(contentsOf: folder)
      return
    }
    guard ModelFiles.exists(folder.appending(path: "config.json")) else {
      throw .notAModel(folder: folder.path)
    }
    let description: ModelDescription
    do {
      description = try ModelDescription(contentsOf: folder)
    } catch {
      throw .model(error.description)
    }
    guard let labels = description.labels else { throw .notAModel(folder: folder.path) }
    self.init(
      name: folder.lastPathComponent,
      model: ModelReference(kind: .classifier, path: "."),
      labels: labels.map { LabelDefinition(name: $0) })
  }

  /// The bundle's windows, or the usual ones where it truncates.
  var windows: LongTextPolicy {
    switch longTexts {
    case .windows: longTexts
    case .truncate: .windows(overlap: nil, combine: .max)
    }
  }
}
