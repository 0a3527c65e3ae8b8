public import Platform

extension Moderator {
  /// Loads a folder: a bundle, or a Hugging Face sequence classifier as it stands.
  ///
  /// - Throws: ``ModerationError``, which names the file, key or label.
  public init(contentsOf folder: URL, options: Options = Options()) throws(ModerationError) {
    try self.init(try ModelSource(contentsOf: folder), options: options)
  }

  /// Loads a folder by its path, or a Hugging Face name from the local cache.
  public init(named name: String, options: Options = Options()) throws(ModerationError) {
    try self.init(try ModelSource(named: name), options: options)
  }

  /// Loads a bundle with its model, or a sequence classifier.
  public init(_ source: ModelSource, options: Options = Options()) throws(ModerationError) {
    let bundle = try source.moderatorBundle()
    try source.requirePinned()
    let loader = try ClassifierLoader(bundle: bundle, source: source, options: options)
    try self.init(
      bundle: bundle, classifier: try loader.classifier(),
      longTexts: options.usesWindows ? bundle.windows : nil,
      defaultContext: options.defaultContext)
  }
}

extension ModerationBundle {
  /// The bundle's windows, or the usual ones where it truncates.
  fileprivate var windows: LongTextPolicy {
    switch longTexts {
    case .windows: longTexts
    case .truncate: .windows(overlap: nil, combine: .max)
    }
  }
}
