import JSON
public import Platform

/// The local cache of `huggingface_hub`, read only.
///
/// `<cache>/models--<owner>--<model>/refs/<revision>` holds a commit, whose files are in
/// `snapshots/<commit>/`.
public struct HubCache: Sendable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// `HF_HUB_CACHE`, else `HF_HOME/hub`, else `XDG_CACHE_HOME/huggingface/hub`, else
  /// `~/.cache/huggingface/hub`: huggingface_hub's own order.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home = set("HOME") ?? "."
    func expanded(_ path: String) -> URL {
      path == "~" || path.hasPrefix("~/")
        ? URL(filePath: home + path.dropFirst(), directoryHint: .isDirectory)
        : URL(filePath: path, directoryHint: .isDirectory)
    }
    if let path = set("HF_HUB_CACHE") ?? set("HUGGINGFACE_HUB_CACHE") {
      folder = expanded(path)
    } else if let path = set("HF_HOME") {
      folder = expanded(path).appending(path: "hub")
    } else {
      folder = expanded(set("XDG_CACHE_HOME") ?? home + "/.cache")
        .appending(path: "huggingface/hub")
    }
  }

  /// The folder of a model's snapshot.
  ///
  /// - Throws: `notInCache` when the model, or that revision of it, is not there.
  public func snapshot(of name: String, revision: String = "main") throws(ModerationError) -> URL {
    let missing = ModerationError.notInCache(name: name, revision: revision, cache: folder.path)
    guard Self.isName(name), Self.isRevision(revision) else { throw missing }
    let repository = folder.appending(
      path: "models--" + name.replacing("/", with: "--"), directoryHint: .isDirectory)
    var commit = revision
    if let bytes = try? FileContent.bytes(of: repository.appending(path: "refs/\(revision)")) {
      commit = String(decoding: bytes, as: UTF8.self)
      while commit.last?.isWhitespace == true { commit.removeLast() }
    }
    guard Self.isRevision(commit) else { throw missing }
    let snapshot = repository.appending(path: "snapshots/\(commit)", directoryHint: .isDirectory)
    guard FileSystem.isFolder(snapshot) else { throw missing }
    return snapshot
  }

  /// Whether a text has the shape `owner/model` (or just `model`, as old names have).
  static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return (1...2).contains(parts.count) && parts.allSatisfy(isPathComponent)
  }

  static func isRevision(_ text: String) -> Bool {
    text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPathComponent)
  }

  private static func isPathComponent(_ text: Substring) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
  }
}
