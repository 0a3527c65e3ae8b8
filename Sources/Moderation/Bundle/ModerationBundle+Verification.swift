import Platform

extension ModerationBundle {
  /// One file that the bundle relies on, and whether it is the right one.
  public struct Verification: Sendable, Equatable {
    public let file: String
    /// Nil when the file has the SHA-256 that the bundle expects.
    public let problem: ModerationError?
  }

  fileprivate static func verify(_ digest: FileDigest, in folder: URL) -> Verification {
    let url = folder.appending(path: digest.path)
    let file = url.path
    do throws(ModerationError) {
      let actual = try SHA256.digest(of: url)
      let isRight = actual == digest.sha256
      return Verification(
        file: file,
        problem: isRight
          ? nil : .digestMismatch(file: file, expected: digest.sha256, actual: actual))
    } catch {
      return Verification(file: file, problem: error)
    }
  }
}

extension ModelSource {
  /// Compares the files of a bundle and of its model with the digests in `moderation.json`. Reads
  /// every such file whole: seconds for large models. A model alone has no digests.
  public func verify() -> [ModerationBundle.Verification] {
    guard let bundle else { return [] }
    return bundle.files.map { ModerationBundle.verify($0, in: folder) }
      + bundle.model.files.map { ModerationBundle.verify($0, in: model) }
  }

  /// The files in the folders of the bundle and of its model that have no digest, by path; those that
  /// nothing is read from among them. `moderation.json` has none: ``digest()`` is its own.
  public func filesWithoutDigest() -> [String] {
    var left = FileSystem.files(in: model)
    if bundle != nil { left += FileSystem.files(in: folder) }
    let known = Set(digestedFiles.map(\.path) + [bundleFile.path])
    return Set(left.map(\.standardized.path)).subtracting(known).sorted()
  }

  /// The bundle with a digest of each file in its folders that a model or a head can be read from.
  ///
  /// - Parameter isPinned: whether the model's digests are compared whenever the bundle is loaded
  public func withDigests(isPinned: Bool) throws(ModerationError) -> ModerationBundle {
    guard var bundle else {
      throw .unreadable(file: bundleFile.path, reason: "no such file; a bundle is needed")
    }
    let mine = FileSystem.files(in: folder).map(\.standardized.path)
    let models = FileSystem.files(in: model).map(\.standardized.path)
    bundle.model.files = try Self.digests(of: models, in: model, without: bundleFile.path)
    bundle.files = try Self.digests(
      of: mine.filter { !models.contains($0) }, in: folder, without: bundleFile.path)
    bundle.model.isPinned = isPinned
    return bundle
  }

  private static func digests(of paths: [String], in folder: URL, without left: String)
    throws(ModerationError) -> [FileDigest]
  {
    let root = folder.standardized.path
    var digests: [FileDigest] = []
    for path in paths.sorted() where path != left && isRead(path) {
      let relative = path.dropFirst(root.utf8.count).drop { $0 == "/" }
      digests.append(
        FileDigest(path: String(relative), sha256: try SHA256.digest(of: URL(filePath: path))))
    }
    return digests
  }

  /// Holds the files of a pinned model to their digests. Nothing else that a model can be read from may
  /// lie beside them.
  ///
  /// - Throws: `digestMismatch`, `unreadable` or `notPinned`, each with the file.
  public func requirePinned() throws(ModerationError) {
    guard let bundle, bundle.model.isPinned else { return }
    for file in bundle.model.files {
      if let problem = ModerationBundle.verify(file, in: model).problem { throw problem }
    }
    let known = Set(digestedFiles.map(\.path) + [bundleFile.path])
    for file in FileSystem.files(in: model).map(\.standardized.path).sorted()
    where Self.isRead(file) && !known.contains(file) {
      throw .notPinned(file: file)
    }
  }

  private var bundleFile: URL { folder.appending(path: ModerationBundle.fileName).standardized }

  private var digestedFiles: [URL] {
    guard let bundle else { return [] }
    return bundle.files.map { folder.appending(path: $0.path).standardized }
      + bundle.model.files.map { model.appending(path: $0.path).standardized }
  }

  /// Whether a model, a tokenizer or a head can be read from a file of this name.
  private static func isRead(_ path: String) -> Bool {
    ["json", "safetensors", "bin", "txt", "model", "tsv"].contains {
      path.lowercased().hasSuffix("." + $0)
    }
  }
}

extension ModelSource {
  /// The SHA-256 of the file that says what the model is: `moderation.json`, which has the digests of
  /// the other files where its author wrote them, or `config.json` of a model alone.
  public func digest() throws(ModerationError) -> String {
    try SHA256.digest(
      of: bundle == nil
        ? model.appending(path: "config.json")
        : folder.appending(path: ModerationBundle.fileName))
  }
}
