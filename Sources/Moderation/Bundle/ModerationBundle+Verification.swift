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
