import Platform
import SystemPackage

/// The reader of an output: a person at a terminal, or a file or program.
struct Terminal: Sendable {
  /// Whether a person is watching.
  let isInteractive: Bool
  /// Columns; 80 where it is not known.
  let width: Int
  /// Whether colours may be used: at a terminal that is not dumb, unless `NO_COLOR` is set.
  let usesColour: Bool

  static let output = Terminal(.standardOutput)
  static let error = Terminal(.standardError)

  init(isInteractive: Bool, width: Int, usesColour: Bool) {
    self.isInteractive = isInteractive
    self.width = width
    self.usesColour = usesColour
  }

  init(_ descriptor: FileDescriptor) {
    let environment = ProcessInfo.processInfo.environment
    isInteractive = descriptor.isTerminal
    width = descriptor.columns ?? 80
    usesColour =
      isInteractive && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// The text in a style, where colours may be used.
  func styled(_ text: String, _ style: Style) -> String {
    usesColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case boldRed = "1;31"
  }
}
