import HTTPTypes
import Hummingbird

/// The keys that callers show, each under a name that logs can have.
public struct APIKeys: Sendable, Equatable {
  private var keys: [(name: String, key: [UInt8])] = []

  public static func == (left: APIKeys, right: APIKeys) -> Bool {
    left.keys.elementsEqual(right.keys) { $0.name == $1.name && $0.key == $1.key }
  }

  public init() {}

  /// - Parameter lines: `NAME=KEY` or `KEY`, one each; empty ones and those after `#` are passed over
  /// - Throws: ``ServerError/setting(name:reason:)``
  public init(_ lines: [String]) throws(ServerError) {
    for (number, line) in lines.enumerated() {
      let line = line.filter { !$0.isWhitespace }
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      let (name, key) = parts.count == 2 ? (parts[0], parts[1]) : ("key\(number + 1)", line)
      guard !keys.contains(where: { $0.name == name }) else {
        throw .setting(name: "api-key", reason: "two keys are named \"\(name)\"")
      }
      keys.append((name, Array(key.utf8)))
    }
  }

  var isEmpty: Bool { keys.isEmpty }

  /// The name of a key; nil where there is no such key. It takes as long whichever key it is, and
  /// wherever the given one differs from it.
  func name(of given: String) -> String? {
    var found: String?
    for (name, key) in keys where Self.areEqual(key, Array(given.utf8)) { found = name }
    return found
  }

  private static func areEqual(_ key: [UInt8], _ given: [UInt8]) -> Bool {
    var difference = UInt8(key.count == given.count ? 0 : 1)
    for index in key.indices { difference |= key[index] ^ (index < given.count ? given[index] : 0) }
    return difference == 0
  }

  /// The keys that a request shows, wherever an API has them.
  static func shown(in request: Request, inQuery: Bool) -> [String] {
    var shown: [String] = []
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "bearer" { shown.append(String(parts[1])) }
    }
    for name in [HTTPField.Name.apiKey, .azureKey] {
      if let value = request.headers[name] { shown.append(value) }
    }
    if inQuery, let key = request.uri.queryParameters["key"] { shown.append(String(key)) }
    return shown
  }
}
