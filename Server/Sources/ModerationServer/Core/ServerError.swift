/// An error in how the server is set up.
public enum ServerError: Error, Sendable, Equatable {
  /// Two models would answer to one name.
  case duplicateModel(String)
  /// A setting that cannot be used.
  case setting(name: String, reason: String)
}

extension ServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .duplicateModel(let name):
      "two models are named \"\(name)\"; give one another name: --model NAME=FOLDER"
    case .setting(let name, let reason): "\(name): \(reason)"
    }
  }
}
