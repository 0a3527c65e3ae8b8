import ArgumentParser
import ModerationServer

/// Tenants, audit, shadows and feedback.
struct PracticeOptions: ParsableArguments {
  @Option(help: "A file of JSON with keys that have a model, thresholds and a rate of their own.")
  var tenants: String?

  @Option(help: "A file that a line of JSON is appended to for each verdict.")
  var audit: String?

  @Option(
    help: "The file with the key under which the audit log digests texts; at least 16 bytes.")
  var auditKeyFile: String?

  @Flag(help: "Write the texts themselves into the audit log too.")
  var auditText = false

  @Option(help: "Bytes of the audit log after which it gets another name and a new one begins.")
  var auditMaxBytes: Int?

  @Option(help: "Judge again what an audit log has, print where verdicts differ, and end.")
  var replay: String?

  @Option(help: "JSON lines with the texts of an audit log that has digests alone, for --replay.")
  var replayTexts: String?

  @Option(
    help: ArgumentHelp(
      "A model that judges along without being heard, and the share of messages that it sees. Again for each.",
      valueName: "name=folder:rate"))
  var shadow: [String] = []

  @Option(help: "A file that reports of people about messages are appended to, as JSON lines.")
  var feedback: String?

  func apply(to settings: inout ServerSettings) throws {
    settings.tenantsFile = tenants
    settings.feedbackFile = feedback
    settings.shadows = try shadow.map { text in try ShadowRequest(parsing: text) }
    if replayTexts != nil, replay == nil {
      throw ValidationError("--replay-texts goes with --replay.")
    }
    if let path = audit ?? replay, let key = auditKeyFile {
      var audit = AuditSettings(path: path, keyFile: key)
      audit.includesTexts = auditText
      if let bytes = auditMaxBytes {
        guard bytes >= 1 else { throw ValidationError("--audit-max-bytes is less than 1.") }
        audit.maximumBytes = bytes
      }
      settings.audit = audit
    } else if audit != nil {
      throw ValidationError("--audit needs --audit-key-file.")
    } else if auditText || auditMaxBytes != nil {
      throw ValidationError("--audit-text and --audit-max-bytes go with --audit.")
    }
  }
}
