package import Platform

/// Reading of whole files, and recognition of files that hold something else than their name says.
package enum FileContent {
  package struct Unreadable: Error {
    package let reason: String
  }

  /// Whether something has the name, a link that leads nowhere too: a file that was lost must not pass
  /// for one that was never there.
  package static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path)
      || (try? FileManager.default.attributesOfItem(atPath: url.path)) != nil
  }

  /// The bytes of a regular file of at most ``RegularFile/largest`` bytes.
  package static func bytes(of url: URL) throws(Unreadable) -> [UInt8] {
    do { return try RegularFile.bytes(url.path) } catch {
      guard error.reason == "no such file" else { throw error }
      throw Unreadable(reason: error.reason + nearMiss(of: url))
    }
  }

  /// The end of a sentence about a file that is not there: it names a file beside it whose name only
  /// begins alike, as `model.safetensors0`, `config (1).json` or `Config.json`. Empty if none does.
  package static func nearMiss(of url: URL) -> String {
    let name = url.lastPathComponent.lowercased()
    let stem = url.deletingPathExtension().lastPathComponent.lowercased()
    let folder = url.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let found = names.sorted().first {
      $0.lowercased().hasPrefix(name) || $0.lowercased().hasPrefix(stem + " (")
    }
    return found.map { "; is it \($0)?" } ?? ""
  }

  /// The name of the content, with the remedy, if the bytes at the start of a file show one that
  /// commonly stands where a model's file should be; nil for all other bytes.
  package static func misplaced(_ bytes: some Collection<UInt8>) -> String? {
    let start = Array(bytes.prefix(512))
    if start.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
      return "a Git LFS pointer in place of the file; `git lfs pull` fetches the file itself"
    }
    if isWebPage(start) {
      return "an HTML or XML page in place of the file; download the file again"
    }
    for (signature, name) in signatures where start.starts(with: signature) {
      return "\(name) in place of the file"
    }
    return nil
  }

  private static let signatures: [(signature: [UInt8], name: String)] = [
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive, such as a PyTorch checkpoint,"),
    ([0x80, 0x02], "a Python pickle, such as a PyTorch checkpoint or a joblib file,"),
    ([0x80, 0x03], "a Python pickle, such as a joblib file,"),
    ([0x80, 0x04, 0x95], "a Python pickle, such as a joblib file,"),
    ([0x80, 0x05, 0x95], "a Python pickle, such as a joblib file,"),
    ([0x1F, 0x8B], "a gzip archive"),
    ([0xFF, 0xFE], "UTF-16 text"),
    ([0xFE, 0xFF], "UTF-16 text"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, such as Keras weights,"),
  ]

  /// Whether the text begins with a tag, as no JSON text, vocabulary header or weights do.
  private static func isWebPage(_ start: [UInt8]) -> Bool {
    let text = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let lowered = String(decoding: text.prefix(64), as: UTF8.self).lowercased()
    return ["<!doctype", "<html", "<head", "<?xml", "<error", "<!--"].contains {
      lowered.hasPrefix($0)
    }
  }
}
