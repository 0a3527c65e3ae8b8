import JSON
import Moderation
import Platform
import Synchronization

/// The audit log: JSON Lines that only grow, a line for each verdict.
///
/// The lines of a request are handed to the system before its answer is, in one piece. A killed process
/// loses none of them; a machine that loses its power may lose the last seconds'.
final class AuditLog: Sendable {
  private let settings: AuditSettings
  private let digest: KeyedDigest
  /// Nil where a new file could not be begun; the next line tries again.
  private let file: Mutex<LineFile?>

  /// - Throws: ``ServerError/setting(name:reason:)``
  init(_ settings: AuditSettings) throws(ServerError) {
    self.settings = settings
    digest = try settings.digest()
    file = Mutex(try LineFile(path: settings.path, option: "audit"))
  }

  /// The members that say which text a line is about.
  func text(_ text: String) -> JSONObject {
    var object = JSONObject()
    object["text_hmac"] = .string(digest.digest(of: text))
    if settings.includesTexts { object["text"] = .string(text) }
    return object
  }

  /// Appends lines.
  ///
  /// - Throws: ``RequestProblem/Kind/unavailable`` where they cannot be written: an answer that nobody could
  ///   walk back is not given
  func append(_ lines: [JSONObject]) throws(RequestProblem) {
    var bytes: [UInt8] = []
    for line in lines { bytes += JSONValue.object(line).encoded() + [UInt8(ascii: "\n")] }
    do {
      try file.withLock { file in
        if let size = file?.size, size > 0, size + bytes.count > settings.maximumBytes {
          file = nil
          try FileNames.move(settings.path, to: Self.name(of: settings.path))
        }
        if file == nil { file = try LineFile(path: settings.path, option: "audit") }
        try file?.append(bytes)
      }
    } catch {
      throw RequestProblem(.unavailable, "The audit log cannot be written.", retryAfter: 1)
    }
  }

  /// Begins the file anew under its name, after a tool gave the old one another.
  func reopen() {
    file.withLock { file in
      file = nil
      file = try? LineFile(path: settings.path, option: "audit")
    }
  }

  /// The name that a full file gets: the time behind its own, and a number where that is taken.
  static func name(of path: String, at time: String = Timestamp.now) -> String {
    let name = "\(path).\(time.filter { $0.isLetter || $0.isNumber })"
    var (free, number) = (name, 1)
    while FileManager.default.fileExists(atPath: free) {
      free = "\(name)-\(number)"
      number += 1
    }
    return free
  }
}
