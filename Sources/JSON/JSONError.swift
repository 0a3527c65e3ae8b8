/// Where in a JSON text something is: 1-based line and column (in Unicode scalars) and byte offset.
public struct JSONLocation: Sendable, Equatable, CustomStringConvertible {
  public let line: Int
  public let column: Int
  /// Offset from the start of the text, in UTF-8 bytes.
  public let offset: Int

  public init(line: Int, column: Int, offset: Int) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  init(offset: Int, in bytes: [UInt8]) {
    var line = 1
    var column = 1
    for byte in bytes[..<min(offset, bytes.count)] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(line: line, column: column, offset: offset)
  }

  public var description: String { "line \(line), column \(column)" }
}

/// An error in a JSON text, or in a value that was asked for.
///
/// A key path is written `model.vocab[3]`; the root is `$`.
public enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Something other than `expected` stands at the location.
  case unexpected(found: String, expected: String, at: JSONLocation)
  /// The text ends where `expected` should stand.
  case unexpectedEnd(expected: String, at: JSONLocation)
  /// Bytes inside a string are not UTF-8.
  case invalidUTF8(at: JSONLocation)
  /// `\uD800`…`\uDFFF` without its other half; see ``JSONOptions/LoneSurrogates``.
  case loneSurrogate(at: JSONLocation)
  /// A key stands twice in one object.
  case duplicateKey(String, at: JSONLocation)
  /// Arrays and objects are nested deeper than the limit.
  case tooDeep(limit: Int, at: JSONLocation)
  /// A value that is read as a tree has more bytes than the limit.
  case tooLong(limit: Int, at: JSONLocation)
  /// A number that the wanted type cannot hold.
  case numberOutOfRange(String, type: String, at: JSONLocation)
  /// No value at this key path.
  case missing(path: String)
  /// The value at this key path is of another kind.
  case wrongKind(path: String, expected: String, found: String)
  /// The number at this key path does not fit into the wanted type.
  case outOfRange(path: String, value: String, type: String)
  /// No reader knows the key at this path.
  case unknownKey(path: String)
  /// The value at this key path cannot be used; the reason continues a sentence that begins with
  /// the path.
  case invalid(path: String, reason: String)

  public var description: String {
    switch self {
    case .unexpected(let found, let expected, let location):
      "\(location): expected \(expected), found \(found)"
    case .unexpectedEnd(_, let location) where location.offset == 0: "the text is empty"
    case .unexpectedEnd(let expected, let location):
      "\(location): the text ends where \(expected) is expected"
    case .invalidUTF8(let location): "\(location): not valid UTF-8"
    case .loneSurrogate(let location):
      "\(location): a surrogate escape without its other half"
    case .duplicateKey(let key, let location): "\(location): the key \"\(key)\" is repeated"
    case .tooDeep(let limit, let location): "\(location): nested deeper than \(limit) levels"
    case .tooLong(let limit, let location):
      "\(location): a value of more than \(limit) bytes"
    case .numberOutOfRange(let number, let type, let location):
      "\(location): the number \(number) does not fit into \(type)"
    case .missing(let path): "\(path) is missing"
    case .wrongKind(let path, let expected, let found):
      "\(path) should be \(expected) but is \(found)"
    case .outOfRange(let path, let value, let type):
      "\(path): the number \(value) does not fit into \(type)"
    case .unknownKey(let path): "\(path) is a key that is not known here"
    case .invalid(let path, let reason): "\(path) \(reason)"
    }
  }

  /// The same error as seen from outside `key`: `dim` within `model` becomes `model.dim`.
  public func within(_ key: String) -> JSONError {
    switch self {
    case .unknownKey(let path): .unknownKey(path: JSONError.join(key, path))
    case .invalid(let path, let reason):
      .invalid(path: JSONError.join(key, path), reason: reason)
    case .missing(let path): .missing(path: JSONError.join(key, path))
    case .wrongKind(let path, let expected, let found):
      .wrongKind(path: JSONError.join(key, path), expected: expected, found: found)
    case .outOfRange(let path, let value, let type):
      .outOfRange(path: JSONError.join(key, path), value: value, type: type)
    default: self
    }
  }

  private static func join(_ key: String, _ path: String) -> String {
    if path == "$" { return key }
    return path.hasPrefix("[") ? key + path : key + "." + path
  }
}
