import Platform

/// Times as logs, audits and feedback write them.
enum Timestamp {
  /// The time in UTC with milliseconds, as ISO 8601 has it.
  static var now: String {
    Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
