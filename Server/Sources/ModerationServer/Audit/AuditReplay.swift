import JSON
import Moderation
import Platform

/// Judges again what an audit log has, to show that a verdict can be walked back.
public struct AuditReplay: Sendable, Equatable {
  /// Lines whose verdict came out the same, to the bit.
  public private(set) var same = 0
  /// The numbers of lines whose verdict did not.
  public private(set) var different: [Int] = []
  /// Lines whose text is not known, or whose bundle is not among the models.
  public private(set) var skipped = 0
  /// The numbers of lines that cannot be read.
  public private(set) var unreadable: [Int] = []

  public var isPassed: Bool { different.isEmpty && unreadable.isEmpty }

  /// Reads a log and, for lines without their text, texts that may be theirs.
  ///
  /// - Parameters:
  ///   - texts: JSON Lines with a `text`; their digests under the key find their lines
  ///   - report: takes a sentence for each line that is not as it was
  /// - Throws: ``ServerError``, `ModerationError`
  public init(
    of path: String, texts: String? = nil, _ settings: ServerSettings,
    report: (String) -> Void = { _ in }
  ) throws {
    let digest = try settings.audit?.digest()
    let models = try ModelRegistry(settings.models, options: settings.moderatorOptions).all
    var known: [String: String] = [:]
    if let texts {
      guard let digest else {
        throw ServerError.setting(name: "replay-texts", reason: "needs --audit-key-file")
      }
      for line in try Self.lines(of: texts, option: "replay-texts") {
        guard let text = try? JSONValue(parsing: Array(line), options: .texts).string("text")
        else { continue }
        known[digest.digest(of: text)] = text
      }
    }
    for (index, bytes) in try Self.lines(of: path, option: "replay").enumerated()
    where !bytes.isEmpty {
      guard let line = try? JSONValue(parsing: Array(bytes)), let event = try? line.string("event")
      else {
        unreadable.append(index + 1)
        report("line \(index + 1) cannot be read")
        continue
      }
      guard event == "verdict", line["error"] == nil else { continue }
      let hmac = (try? line.string("text_hmac")) ?? ""
      guard let text = (try? line.string("text")) ?? known[hmac],
        let model = models.first(where: { line["bundle"] == .string($0.digest) })
      else {
        skipped += 1
        continue
      }
      if let difference = Self.difference(line, text: text, hmac: hmac, by: model, digest) {
        different.append(index + 1)
        report("line \(index + 1): \(difference)")
      } else {
        same += 1
      }
    }
  }

  /// The first member that is not as it was; nil where all are.
  private static func difference(
    _ line: JSONValue, text: String, hmac: String, by model: LoadedModel, _ digest: KeyedDigest?
  ) -> String? {
    if let digest, digest.digest(of: text) != hmac { return "text_hmac is not the text's" }
    var thresholds: [String: Double] = [:]
    for (name, label) in (try? line.object("labels")) ?? JSONObject() {
      thresholds[name] = try? label.double("threshold")
    }
    do {
      let message = Message(text, context: (try? line.optionalStrings("context")) ?? [])
      let verdict = try model.moderator.moderate([message])[0]
      let again = AuditLine.verdict(model.moderator.verdict(verdict, under: thresholds))
      return again.first { key, value in line[key] != value }.map { "\($0.0) is not as it was" }
    } catch {
      return error.description
    }
  }

  private static func lines(of path: String, option: String) throws(ServerError) -> [ArraySlice<
    UInt8
  >] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw .setting(name: option, reason: "\(path) cannot be read")
    }
    return [UInt8](data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }
}
