#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension ModerationBundle {
  /// One file that the bundle relies on, and whether it is the right one.
  public struct Verification: Sendable, Equatable {
    public let file: String
    /// Nil when the file has the SHA-256 that the bundle expects.
    public let problem: ModerationError?
  }

  /// Compares the files that the bundle and its model rely on with the digests written for them.
  /// Reads every such file whole: seconds for large models.
  ///
  /// - Throws: when the model's folder is not to be found.
  public func verify(in folder: URL, cache: HubCache = HubCache()) throws(ModerationError)
    -> [Verification]
  {
    var found = files.map { Self.verify($0, in: folder) }
    if !model.files.isEmpty {
      let modelFolder = try modelFolder(in: folder, cache: cache)
      found += model.files.map { Self.verify($0, in: modelFolder) }
    }
    return found
  }

  private static func verify(_ digest: FileDigest, in folder: URL) -> Verification {
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
