/// A JSON value as a tree.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Reads one JSON text. Repeated keys are an error.
  public init(parsing bytes: [UInt8], options: JSONOptions = .strict) throws(JSONError) {
    var scanner = JSONScanner(bytes, options: options)
    self = try scanner.value()
    try scanner.end()
  }

  /// Reads one JSON text.
  public init(parsing text: String, options: JSONOptions = .strict) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), options: options)
  }

  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The member of that name, when this is an object that has one.
  public subscript(_ key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at that index, when this is an array that long.
  public subscript(_ index: Int) -> JSONValue? {
    if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
  }
}

/// The kinds of JSON values.
public enum JSONKind: String, Sendable, Equatable {
  case null, bool, number, string, array, object
}

/// A number, kept as it is written, so that no digit is lost. Two are equal when they are written
/// alike.
public struct JSONNumber: Sendable, Equatable {
  /// As in the text: `-1.50e3`.
  public let text: String

  init(text: String) { self.text = text }

  public init(_ value: Int) { text = String(value) }
  /// Shortest digits that read back as the same double; `NaN` and `Infinity` as Python writes them.
  public init(_ value: Double) { text = JSONNumber.text(of: value) }
  /// Shortest digits that read back as the same float.
  public init(_ value: Float) { text = JSONNumber.text(of: value) }

  private static func text<Number: BinaryFloatingPoint & CustomStringConvertible>(
    of value: Number
  ) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  /// The nearest double, infinite beyond its range.
  public var double: Double {
    let bytes = Array(text.utf8)
    let options = JSONOptions(allowsNonFiniteNumbers: true)
    return NumberToken(in: bytes, at: 0, options: options)?.double(in: bytes) ?? .nan
  }

  /// The nearest float, rounded once from the digits.
  public var float: Float {
    switch text {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: Float(text) ?? .nan
    }
  }

  /// The number as an integer, if it is one (`3`, `3.0`, `3e2`) and fits.
  public var integer: Int? { Int(text) ?? Int(exactly: double) }
}

extension JSONScanner {
  /// Reads one value of any kind into a tree.
  package mutating func value() throws(JSONError) -> JSONValue {
    try tree(endingBefore: position + options.maximumTreeBytes)
  }

  private mutating func tree(endingBefore limit: Int) throws(JSONError) -> JSONValue {
    guard position <= limit else {
      throw .tooLong(limit: options.maximumTreeBytes, at: location(position))
    }
    switch try peek() {
    case .null:
      _ = try null()
      return .null
    case .bool: return .bool(try bool())
    case .number:
      let token = try number()
      return .number(JSONNumber(text: String(decoding: bytes[token.range], as: UTF8.self)))
    case .string: return .string(try string())
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try tree(endingBefore: limit)) }
      return .array(elements)
    case .object:
      var object = JSONObject()
      try beginObject()
      while let key = try nextKey() { object.append(string(key), try tree(endingBefore: limit)) }
      return .object(object)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
