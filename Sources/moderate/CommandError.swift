/// An error that stops a command; the process ends with exit code 2.
enum CommandError: Error, CustomStringConvertible {
  case noInput
  case input(String)
  case output(String)
  case usage(String)

  var description: String {
    switch self {
    case .noInput:
      "no text: give it as arguments, as lines on standard input, or with --input FILE"
    case .input(let message): message
    case .output(let reason): "cannot write: \(reason)"
    case .usage(let message): message
    }
  }
}
